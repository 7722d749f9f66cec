// The SPARQL editor. It stands in for the text area, which stays the field of the form and holds the same text.
import { autocompletion, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = (
  "ASK AS ASC BASE BIND BY CONSTRUCT COUNT DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP HAVING IN LANG LIMIT " +
  "MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT UNDEF UNION VALUES WHERE"
).split(" ");
const DANISH = { Completions: "Forslag", "Control character": "Styretegn" };
const MOST = 50;

// Colours follow the page, which sets `color-scheme`; each has a contrast of at least 4.5 on its ground.
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "light-dark(#7a1f6b, #e7a2d9)", fontWeight: "600" },
  { tag: tags.variableName, color: "light-dark(#0b4f79, #8cc6f0)" },
  { tag: [tags.atom, tags.standard(tags.variableName)], color: "light-dark(#1d6336, #8fd3a6)" },
  { tag: tags.string, color: "light-dark(#8a3b00, #f0b27a)" },
  { tag: tags.comment, color: "light-dark(#56616c, #a5b1bc)", fontStyle: "italic" },
]);
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid #75818d", borderRadius: ".3rem", fontSize: ".88rem" },
  "&.cm-focused": { outline: "3px solid #c96a00", outlineOffset: "1px" },
  ".cm-scroller": {
    fontFamily: '"Cascadia Mono", Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace',
    lineHeight: "1.45", maxHeight: "36rem", overflow: "auto",
  },
  ".cm-content, .cm-gutter": { minHeight: "14rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "var(--wash)", borderRight: "1px solid var(--edge)" },
  ".cm-wrong": { backgroundColor: "light-dark(#fbe3e1, #52211d)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid #75818d" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "16rem", maxWidth: "min(44rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".2rem .6rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "light-dark(#fff, #14181d)", backgroundColor: "var(--accent)" },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: ".6em" },
});

/** The line that the server's message names, marked until the text is changed. */
function wrongLine(number) {
  return StateField.define({
    create(state) {
      if (!(number >= 1 && number <= state.doc.lines)) return Decoration.none;
      return Decoration.set(Decoration.line({ class: "cm-wrong" }).range(state.doc.line(number).from));
    },
    update: (marked, change) => (change.docChanged ? Decoration.none : marked),
    provide: (field) => EditorView.decorations.from(field),
  });
}

/** What fits the word before the cursor: a declaration after PREFIX, a variable, a term by name or label, a keyword. */
function completions(terms, prefixes) {
  return (context) => {
    if (/comment|string/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null;
    const declared = context.matchBefore(/\bprefix\s+[\w-]*$/i);
    const word = context.matchBefore(/[?$]?[\p{L}\w-]*:?[\p{L}\w-]*$/u);
    const sought = word.text.toLowerCase();
    let options;
    if (declared) {
      options = prefixes.map((label) => ({ label }));
    } else if (/^[?$]/.test(sought)) {
      const known = context.state.doc.toString().match(/[?$][\p{L}\w]+/gu) ?? [];
      options = [...new Set(known)].filter((label) => label !== word.text).map((label) => ({ label, type: "variable" }));
    } else if (context.explicit || sought.includes(":")) {
      options = [...terms, ...KEYWORDS.map((label) => ({ label }))];
    } else if (sought.length > 1) {
      options = KEYWORDS.map((label) => ({ label }));
    } else {
      return null;
    }
    const named = options.filter(({ label }) => label.toLowerCase().startsWith(sought));
    const meant = context.explicit ? options.filter((option) => !named.includes(option) && option.detail?.toLowerCase().includes(sought)) : [];
    named.sort((one, other) => other.label.startsWith(word.text) - one.label.startsWith(word.text));
    const found = [...named, ...meant].slice(0, MOST);
    if (!found.length || (found.length === 1 && found[0].label === word.text)) return null;
    return { from: word.from, options: found, filter: false };
  };
}

/**
 * Text put in place of other text. Left to itself, Chromium keeps the colours of what was there by inline styles, which the
 * policy of the page forbids and the console then tells of.
 */
function replace(event, view) {
  const chosen = event.inputType === "insertText" && !event.isComposing ? view.root.getSelection?.() : null;
  if (!chosen || chosen.isCollapsed) return false;
  event.preventDefault();
  const ends = [view.posAtDOM(chosen.anchorNode, chosen.anchorOffset), view.posAtDOM(chosen.focusNode, chosen.focusOffset)];
  const [from, to] = ends.sort((one, other) => one - other);
  const insert = view.state.toText(event.data ?? "");
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, scrollIntoView: true, userEvent: "input.type" });
  return true;
}

function mount(area) {
  const label = area.labels[0];
  const terms = [...document.getElementById(area.dataset.completes).options].map(({ value, label: said }) => ({ label: value, detail: said === value ? "" : ` ${said}` }));
  const prefixes = document.getElementById("prefixes").textContent.trim().split("\n").map((line) => line.replace(/^PREFIX /, ""));
  const host = document.createElement("div");
  host.className = "code-editor";
  // In a shadow root the styles are adopted style sheets, which a policy without inline styles allows.
  const root = host.attachShadow({ mode: "open" });
  area.after(host);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        history(),
        bracketMatching(),
        EditorView.lineWrapping,
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        theme,
        wrongLine(Number(area.dataset.line)),
        autocompletion({ override: [completions(terms, prefixes)], icons: false }),
        document.documentElement.lang === "da" ? EditorState.phrases.of(DANISH) : [],
        // Tab is left to the browser: it leaves the editor, and what is offered goes first, or it would be the next stop.
        keymap.of([
          { key: "Tab", run: (view) => { closeCompletion(view); return false; } },
          { key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => { area.form.requestSubmit(); return true; } },
          ...completionKeymap, ...historyKeymap, ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({ "aria-label": label.textContent, spellcheck: "false", autocapitalize: "off" }),
        EditorView.domEventHandlers({ beforeinput: replace }),
        EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      ],
    }),
  });
  // A browser that comes back to the page may put what was last written into the field only now.
  addEventListener("pageshow", () => {
    if (area.value !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
  });
  area.hidden = true;
  label.removeAttribute("for");
  label.addEventListener("click", () => view.focus());
}

document.querySelectorAll("textarea[data-completes]").forEach(mount);
