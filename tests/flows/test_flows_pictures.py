"""The pictures: each flow once, no label over another or outside its box, the same every time, in two languages and themes."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from conftest import ROOT, need
from gdprgraph import InputError, Register, UnknownName
from gdprgraph.drawing.svg import width, wrap

SVG = "{http://www.w3.org/2000/svg}"
SLUGS = sorted(path.stem for path in (ROOT / "data" / "notices").glob("*.ttl"))
SELECTIONS = {
    "everything": {},
    "cpr": {"data": "dk:CPRNumber"},
    "cpr-uim": {"data": "dk:CPRNumber", "notice": "uim-hr"},
    "health-open": {"data": "pd:Health", "undetermined": True},
    "abroad": {"country": "any"},
    "private": {"data": "uim:data-private-appointments"},
    **{slug: {"notice": slug} for slug in SLUGS},
}
DRAWINGS = {
    "layered": lambda flows, **style: flows.picture(**style),
    "systems": lambda flows, **style: flows.picture(by="system", **style),
    "grouped": lambda flows, **style: flows.picture(group="always", **style),
    "single": lambda flows, **style: flows.picture(group="never", **style),
}


def texts(root) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom and content of each text, by the widths that the picture is laid out with."""
    out = []
    for node in root.iter(f"{SVG}text"):
        x, y, size = (float(node.get(name)) for name in ("x", "y", "font-size"))
        wide = width(node.text, size, node.get("font-weight") == "600")
        if node.get("text-anchor") == "middle":
            x -= wide / 2
        out.append((x, y - size * 0.78, x + wide, y + size * 0.22, node.text))
    return out


def boxes(root) -> list[tuple[float, float, float, float, str]]:
    out = []
    for node in root.iter(f"{SVG}rect"):
        if node.get("data-box"):
            x, y, wide, high = (float(node.get(name)) for name in ("x", "y", "width", "height"))
            out.append((x, y, x + wide, y + high, node.get("data-box")))
    return out


def overlapping(areas: list[tuple[float, float, float, float, str]], slack: float = 0.2) -> list[tuple[str, str]]:
    ordered = sorted(areas, key=lambda area: area[1])
    found = []
    for index, (left, top, right, bottom, name) in enumerate(ordered):
        for other_left, other_top, other_right, other_bottom, other in ordered[index + 1 :]:
            if other_top >= bottom - slack:
                break
            if other_left < right - slack and left < other_right - slack and top < other_bottom - slack:
                found.append((name, other))
    return found


@pytest.fixture(scope="module")
def select(register):
    """The flows of a named selection, read once."""
    return cache(lambda name, lang="da": register.flows(**SELECTIONS[name], lang=lang))


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize("selection", SELECTIONS)
def test_structure(select, selection, drawing):
    for language, theme in (("da", "auto"), ("en", "dark")):
        flows = select(selection, language)
        picture = DRAWINGS[drawing](flows, theme=theme)
        root = ElementTree.fromstring(picture.svg)
        assert root.get("role") == "img"
        named = {node.get("id"): node.text for node in root if node.tag in {f"{SVG}title", f"{SVG}desc"}}
        assert set(root.get("aria-labelledby").split()) == set(named)
        assert picture.title in named.values()
        assert all(named.values())
        drawn = boxes(root)
        written = texts(root)
        assert not overlapping(drawn)
        assert not overlapping(written)
        for left, top, right, bottom, _ in (*drawn, *written):
            assert left >= 0
            assert top >= 0
            assert right <= picture.width
            assert bottom <= picture.height
        for left, top, right, bottom, name in drawn:
            for text_left, text_top, text_right, text_bottom, text in written:
                if text_left < right and left < text_right and text_top < bottom and top < text_bottom:
                    inside = text_left >= left and text_right <= right and text_top >= top and text_bottom <= bottom
                    assert inside, f"{text} runs out of {name}"


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_the_same_selection_gives_the_same_picture(register, select, drawing):
    again = register.flows(**SELECTIONS["uim-hr"])
    assert DRAWINGS[drawing](again).svg == DRAWINGS[drawing](select("uim-hr")).svg


@pytest.mark.parametrize("drawing", ["layered", "systems", "grouped", "single"])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_every_flow_denial_and_transfer_is_drawn_once(select, selection, drawing):
    flows = select(selection)
    root = ElementTree.fromstring(DRAWINGS[drawing](flows).svg)

    def members(name: str) -> list[str]:
        return sorted(item for node in root.iter(f"{SVG}g") for item in (node.get(name) or "").split())

    assert members("data-flow") == sorted(flow.curie for flow in flows)
    assert members("data-denial") == sorted(refusal.curie for refusal in flows.refusals)
    assert members("data-transfer") == sorted(flow.curie for flow in flows for _ in flow.countries)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_sankey_is_as_wide_as_its_flows(select, selection):
    flows = select(selection)
    rows = list(csv.reader(flows.to_sankey().split("sankey-beta\n\n")[1].splitlines()))
    asserted = [flow for flow in flows if flow.standing != "denied"]
    assert sum(int(count) for *_, count in rows) == 2 * sum(len(flow.shown) for flow in asserted)
    receivers = {end for _, end, _ in rows if end.startswith("→ ")}
    assert receivers == {f"→ {flow.receiver.label}" for flow in asserted if flow.shown}


def lines_of(picture, name: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(picture.svg)
    found = [node for node in root.iter(f"{SVG}g") if name in (node.get("data-flow") or node.get("data-denial") or "").split()]
    assert len(found) == 1
    return list(found[0])


def test_stated_is_solid_inferred_dashed_denied_crossed_conditional_marked(register):
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    picture = flows.picture()
    for flow in flows:
        parts = lines_of(picture, flow.curie)
        dashed = any(part.get("stroke-dasharray") for part in parts)
        assert dashed == (flow.standing == "inferred")
        assert any("mark" in (part.get("class") or "") for part in parts) == flow.conditional
        assert not any(part.get("class") == "cross" for part in parts)
    denied = register.flows("uim:data-private-appointments")
    for item in (*denied.refusals, *(flow for flow in denied if flow.standing == "denied")):
        assert any(part.get("class") == "cross" for part in lines_of(denied.picture(), item.curie))
    opened = register.flows("dk:CPRNumber", undetermined=True, notice="bm")
    assert {flow.standing for flow in opened} == {"open"}
    assert all(any(p.get("stroke-linecap") == "round" for p in lines_of(opened.picture(), flow.curie)) for flow in opened)


def test_small_pictures_number_their_conditions(register):
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    shown = [text for *_, text in texts(ElementTree.fromstring(flows.picture().svg))]
    condition = next(flow.condition for flow in flows if flow.condition)
    assert condition in shown
    assert "1" in shown


def test_what_is_left_out_is_said(register):
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    assert flows.left_open > 0
    assert f"Ikke tegnet: {flows.left_open} strømme" in flows.picture().svg


def test_nothing_found_is_a_picture_that_says_so(register):
    flows = register.flows("pd:Criminal", notice="bm")
    assert len(flows) == 0
    assert "Ingen strømme svarer" in flows.picture().svg


def test_themes(register):
    flows = register.flows(country="any")
    light, dark, auto = (flows.picture(theme=theme).svg for theme in ("light", "dark", "auto"))
    assert "prefers-color-scheme" in auto
    assert "<style>" not in light + dark
    assert 'fill="#ffffff"' in light
    assert 'fill="#14181d"' in dark
    assert re.sub(r"<style>.*?</style>\n", "", auto, flags=re.S).count("<rect") == light.count("<rect")
    for style in ({"theme": "grey"}, {"by": "colour"}, {"group": "some"}):
        with pytest.raises(UnknownName):
            flows.picture(**style)


def test_one_name_twice_in_a_column_tells_the_authorities_apart(register):
    picture = register.flows("dk:CPRNumber", lang="en").picture()
    shown = " ".join(text for *_, text in texts(ElementTree.fromstring(picture.svg)))
    assert "employees – Mariagerfjord Municipality" in shown
    assert "employees – Ministry of" in shown


def test_large_selections_are_grouped(register):
    assert register.flows().picture().grouped
    assert not register.flows("dk:CPRNumber", notice="uim-hr").picture().grouped


def test_pictures_are_saved_whole_or_not_at_all(register, tmp_path):
    picture = register.flows(country="any").picture()
    assert picture.save(tmp_path / "billede æøå.svg").read_text(encoding="utf-8") == picture.svg
    with pytest.raises(InputError, match="cannot be written"):
        picture.save(tmp_path / "nowhere" / "x.svg")
    assert picture._repr_svg_() == picture.svg


def test_no_matter_what_the_labels_are(register):
    """Markup, long words and control of length: labels of other registers break no picture."""
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    odd = "<b>&\"'</b> " + "Speciallægepraksisplanlægningsstabiliseringsperiode" * 3 + " 漢字 😀 \x00\x0b\ufffe"
    changed = tuple(replace(flow, receiver=replace(flow.receiver, label=odd, iri=f"urn:x:{n}")) for n, flow in enumerate(flows))
    picture = replace(flows, flows=changed).picture()
    root = ElementTree.fromstring(picture.svg)
    assert not overlapping(texts(root))
    assert all(right <= picture.width for _, _, right, _, _ in texts(root))


@settings(deadline=None)
@given(some.text(min_size=1, max_size=200), some.floats(60, 400))
def test_wrapped_text_fits_and_keeps_its_words(text, room):
    lines = wrap(text, room, 13)
    assert all(width(line, 13) <= room + 1e-6 for line in lines)
    kept = "".join("".join(lines).split()).replace("-", "")
    assert kept == "".join(text.split()).replace("-", "")
    assert all("+\u00a03\u00a0mere" in " ".join(wrap(text + " +\u00a03\u00a0mere", wide, 13)) for wide in (120, room + 60))


@pytest.mark.slow
def test_a_register_of_a_thousand_activities_is_drawn_grouped_in_seconds(tmp_path):
    subprocess.run(
        [sys.executable, str(ROOT / "tests" / "support" / "generated.py"), str(tmp_path), "1000", "1"], check=True, timeout=300
    )
    made = Register.load(tmp_path / "data")
    flows = made.flows()
    assert len(flows) > 2000
    start = time.process_time()  # other programs do not count
    picture = flows.picture()
    taken = time.process_time() - start
    assert picture.grouped
    root = ElementTree.fromstring(picture.svg)
    assert not overlapping(texts(root))
    assert len([node for node in root.iter(f"{SVG}g") if node.get("data-flow")]) <= 260
    assert taken < 3, f"{taken:.2f} s, where half a second was measured"


@pytest.mark.slow
def test_in_a_browser_no_text_lies_on_another_or_leaves_its_box(register, tmp_path):
    """What a browser measures, with the fonts that it has."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    need(chromium is not None, "Chromium")
    pictures = []
    for selection in ("cpr-uim", "mariagerfjord-hr", "jobnet", "uim-hr", "everything"):
        for language in ("da", "en"):
            flows = register.flows(**SELECTIONS[selection], lang=language)
            pictures.append(flows.picture(theme="light").svg)
    script = """
    const found = [...document.querySelectorAll('svg')].map(svg => {
      const edge = svg.getBoundingClientRect(), bad = [];
      const all = [...svg.querySelectorAll('text')].map(t => [t.getBoundingClientRect(), t.textContent]);
      const boxes = [...svg.querySelectorAll('rect[data-box]')].map(t => t.getBoundingClientRect());
      all.forEach(([a, name], i) => {
        if (a.left < edge.left || a.right > edge.right || a.bottom > edge.bottom + 1) bad.push('outside: ' + name);
        for (const b of boxes)
          if (a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top < a.bottom - 3
              && (a.left < b.left || a.right > b.right)) bad.push('leaves its box: ' + name);
        for (const [b, other] of all.slice(i + 1))
          if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
            bad.push(name + ' / ' + other);
      });
      return bad;
    });
    const out = document.createElement('pre');
    out.id = 'found';
    out.textContent = JSON.stringify(found);
    document.body.append(out);
    """
    body = "\n".join(pictures)
    page = tmp_path / "pictures.html"
    page.write_text(f'<!doctype html><meta charset="utf-8"><body>{body}<script>{script}</script></body>', encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-dev-shm-usage"]  # in a container that is small
    flags += ["--disable-component-update", "--disable-sync", "--disable-quic", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [chromium, *flags, "--dump-dom", page.as_uri()], capture_output=True, encoding="utf-8", timeout=180, check=False
    )
    told = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    assert told, done.stderr[-2000:]
    found = json.loads(told[1])
    assert len(found) == len(pictures)
    assert not [bad for bad in found if bad], found
