// Builds each module of src/ into one file that the server gives, with a manifest and the licences of what is in it.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = join(here, "src");
const target = join(here, "../src/gdprgraph/pages/static/bundle");

rmSync(target, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  entryPoints: readdirSync(source).map((name) => join(source, name)),
  format: "iife",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: target,
  target: "es2022",
});

const used = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean);
const packages = [...new Set(used)].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} ${version} comes without the text of its licence`);
  return { name, version, license, text: readFileSync(join(folder, file), "utf8").trim() };
});
const files = readdirSync(target).sort().map((name) => {
  const bytes = readFileSync(join(target, name));
  return { name, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
});
const manifest = { files, packages: packages.map(({ text, ...known }) => known) };
writeFileSync(join(target, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
writeFileSync(join(target, "LICENSES.txt"), packages.map(({ name, version, text }) => `${name} ${version}\n\n${text}\n`).join(`\n${"-".repeat(72)}\n\n`));
for (const { name, bytes } of files) console.log(`${name}: ${Math.round(bytes / 1000)} KB`);
