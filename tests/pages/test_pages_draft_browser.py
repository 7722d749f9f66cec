"""The page Draft in Chromium, from an empty folder to what is in git; both languages, by keyboard, with and without script."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from gdprgraph.drafting import Draft
from support.browsing import Seen, await_focus, press, violations
from support.drafted import TEXT, drafted
from support.running import free_port, running

pytestmark = pytest.mark.slow

PLAIN = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@t.example",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@t.example",
}


def editing(folder, log):
    port = free_port()
    command = [sys.executable, "-m", "gdprgraph", "edit", "--register", str(folder), "--port", str(port)]
    return running(command, f"http://127.0.0.1:{port}", "/health", log)


def gdprgraph(here, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "gdprgraph", *arguments],
        cwd=here,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, env={**os.environ, **PLAIN}
    )
    return done.stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    place = tmp_path_factory.mktemp("edit")
    with editing(drafted(place / "skovby"), place / "edit.log") as found:
        yield found.url


PAGES = ("/draft", "/draft/udlaan", "/draft/udlaan/fact?lines=8", "/draft/udlaan/fact?lines=10&kind=flow")


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_each_page_is_for_everyone(server, chromium, axe, language, script, dark):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark" if dark else "light")
    if not script:
        context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    try:
        for address in PAGES:
            assert page.goto(f"{server}{address}{'&' if '?' in address else '?'}lang={language}").status == 200
            assert page.locator("html").get_attribute("lang") == language
            assert page.locator("h1").count() == 1
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, width)
                assert violations(page, axe) == [], (address, width)
    finally:
        context.close()


def test_from_an_empty_folder_to_what_is_in_git(tmp_path, chromium):
    folder, notice = tmp_path / "skovby", tmp_path / "udlaan.html"
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT.splitlines() if line)
    notice.write_text(f"<html><body><main>{paragraphs}</main></body></html>", encoding="utf-8")
    gdprgraph(tmp_path, "init", "skovby", "--name", "Skovby Kommune", "--kind", "kommune", "--git")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a register")
    gdprgraph(folder, "read", "../udlaan.html", "-o", "documents/udlaan.txt")
    gdprgraph(folder, "draft", "documents/udlaan.txt")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a draft")
    path = folder / "drafts" / "udlaan.yaml"
    assert {each.status for each in Draft.load(path).proposals} == {"proposed"}
    with editing(folder, tmp_path / "edit.log") as found:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
        page, seen = context.new_page(), Seen(found.url)
        seen.watch(page)
        page.goto(found.url + "/draft")
        press(page.get_by_role("link", name="udlaan"))
        struck = ["proposal"]
        for _ in range(3):
            button = page.get_by_role("button", name=re.compile("^Streg: rettighed")).first
            struck.append(button.get_attribute("value"))
            press(button)
        for at in range(2):
            press(page.get_by_role("link", name=re.compile("^Ret: kontakt")).first)
            name = page.get_by_label("om", exact=False).last
            assert name.count() == 1
            press(page.get_by_role("button", name="Antag"))
            assert sum(each.changed for each in Draft.load(path).proposals) == at + 1
        accepted = 0
        while accepted < 10:
            press(page.get_by_role("button", name=re.compile("^Antag: ")).first)
            accepted = sum(each.status == "accepted" and not each.changed for each in Draft.load(path).proposals)
        line = next(
            n for n, text in enumerate((folder / "documents/udlaan.txt").read_text().splitlines(), 1) if "dataansvarlig" in text
        )
        press(page.locator(f"#L{line}").get_by_role("link", name="et udsagn i hånden"))
        page.get_by_label("Hvad siger linjerne?").select_option("role")
        press(page.get_by_role("button", name="Videre"))
        page.get_by_label("Navn").fill("dataansvarlig for udlån")
        page.get_by_label("Part *").fill("Skovby Kommune")
        page.get_by_label("Rolle *").fill("dpv:DataController")
        press(page.get_by_role("button", name="Antag"))
        assert page.get_by_role("status").inner_text().startswith("Antaget: 1")
        seen.nothing()
        context.close()
    draft = Draft.load(path)
    statuses = {each.id: each.status for each in draft.proposals}
    assert [statuses[key] for key in struck[1:]] == ["struck"] * 3
    assert [each.rule for each in draft.proposals if each.rule == "hand"] == ["hand"]
    gdprgraph(folder, "check", "--profile", "hygiene")
    changed = set(git(folder, "status", "--short", "-uall").split("\n")) - {""}
    assert changed == {
        " M drafts/udlaan.yaml",
        "?? coverage/udlaan.csv",
        "?? evidence.ttl",
        "?? notices/udlaan.ttl",
    }
    text = (folder / "notices" / "udlaan.ttl").read_text(encoding="utf-8")
    for each in draft.proposals:
        if each.kind in {"right", "contact", "basis"}:
            assert (f"\nudlaan:{each.name} a " in text) == (each.status == "accepted"), each.name
    gdprgraph(folder, "draft", "documents/udlaan.txt")
    assert [Draft.load(path).find(key).status for key in struck[1:]] == ["struck"] * 3


def test_by_keyboard_alone(tmp_path, chromium):
    folder = drafted(tmp_path / "skovby")
    with editing(folder, tmp_path / "edit.log") as found:
        page = chromium.new_context().new_page()
        page.goto(found.url + "/draft/udlaan?lang=en")
        for _ in range(200):
            page.keyboard.press("Tab")
            label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
            if label.startswith("Accept: right: indsigt"):
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "accepted=1&lang=en#p-right-" in page.url
        page.keyboard.press("Tab")
        await_focus(page.locator("article:target input[name=tick]"))
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        statuses = {each.name: each.status for each in Draft.load(folder / "drafts" / "udlaan.yaml").proposals}
        assert (statuses["right-a15"], statuses["right-a16"]) == ("accepted", "struck")
        page.context.close()
