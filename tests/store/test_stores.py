"""Stores: a folder whose versions are whole, FROM that is never ignored, and what a scan sees of a query."""

from __future__ import annotations

import random
import subprocess
import sys
import threading

import pyoxigraph as ox
import pytest

from gdprgraph import QueryError, Register, StoreError
from gdprgraph.evidence import evidence, reading
from gdprgraph.store import Solutions, folder
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.store.sparql_scan import scan
from gdprgraph.store.sparql_server import with_prefixes
from support import generated

G1, G2 = ox.NamedNode("http://example.org/g1"), ox.NamedNode("http://example.org/g2")
P = ox.NamedNode("http://example.org/p")


def quads(*numbers: int, graph: ox.NamedNode = G1) -> list[ox.Quad]:
    return [ox.Quad(ox.NamedNode(f"http://example.org/{n}"), P, ox.Literal(str(n)), graph) for n in numbers]


def count(store: EmbeddedStore) -> int:
    return len(store.raw)


def test_a_register_saved_and_opened_answers_alike(register, tmp_path):
    assert register.save(tmp_path / "store") == sum(1 for _ in register.store.quads())
    opened = Register.load(store=tmp_path / "store")
    for slug in ("denials", "retention"):
        assert opened.ask(slug).rows == register.ask(slug).rows


class Shuffled(EmbeddedStore):
    """A store that gives rows in another order each time, as stores may."""

    def query(self, text: str):
        found = super().query(text)
        if isinstance(found, Solutions) and "ORDER BY" not in text:
            random.Random(len(found.rows)).shuffle(found.rows)
        return found


def test_answers_come_in_the_same_order_from_every_store(register):
    other = Register(Shuffled(register.store.raw))
    for node in ("party:uim", "notice:bm", "dk:CPRNumber", "dpv:DataSubject", "uim:flow-pension-payment"):
        assert other.describe(node).to_dicts() == register.describe(node).to_dicts()
    for slug in register.questions.slugs:
        assert other.ask(slug).to_dicts() == register.ask(slug).to_dicts()
    assert other.stats().to_dicts() == register.stats().to_dicts()
    assert other.flows().to_json() == register.flows().to_json()


def test_describe_shows_no_nameless_node(register):
    shown = [
        str(value)
        for node in ("dpv:DataSubject", "reg:restsOn")
        for row in register.describe(node)
        for value in row.values.values()
    ]
    assert shown
    assert not any(value.startswith("_:") for value in shown)


def test_a_second_load_replaces_the_first_and_leaves_no_rest(tmp_path):
    EmbeddedStore.write(tmp_path, quads(1, 2, 3))
    first = folder.current(tmp_path)
    EmbeddedStore.write(tmp_path, quads(4))
    assert count(EmbeddedStore.open(tmp_path)) == 1
    assert not first.path.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"current.json", "lock", "v-000002"}


def test_a_reader_keeps_what_it_has_opened(tmp_path):
    EmbeddedStore.write(tmp_path, quads(1, 2, 3))
    reader = EmbeddedStore.open(tmp_path)
    for number in range(3):
        EmbeddedStore.write(tmp_path, quads(number))
    assert count(reader) == 3
    assert reader.path.is_dir()
    kept = reader.path
    del reader
    EmbeddedStore.write(tmp_path, quads(9))
    assert not kept.exists()


def test_the_version_names_the_content(tmp_path):
    EmbeddedStore.write(tmp_path / "a", quads(1, 2))
    EmbeddedStore.write(tmp_path / "b", list(reversed(quads(1, 2))))
    EmbeddedStore.write(tmp_path / "c", quads(1))
    a, b, c = (EmbeddedStore.open(tmp_path / name).version for name in "abc")
    assert a == b != c


def test_blank_nodes_do_not_change_the_version():
    def listed(label: str) -> list[ox.Quad]:
        head, rest = ox.BlankNode(label), ox.BlankNode(label + "1")
        return [ox.Quad(head, P, rest, G1), ox.Quad(rest, P, ox.Literal("x"), G1)]

    assert folder.digest(listed("a")) == folder.digest(listed("b")) != folder.digest(listed("a")[:1])


def turtle_digest(text: str) -> str:
    return folder.digest(ox.Quad(*quad.triple, G1) for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))


def test_lists_and_entangled_blank_nodes_are_named_at_once():
    """RDFC-1.0 takes the stack for the first, and time by the factorial for the second."""
    long = "<urn:a> <urn:p> (" + " 1" * 20_000 + ") ."
    assert turtle_digest(long) == turtle_digest(long) != turtle_digest(long.replace("( 1", "( 2"))
    two = "<urn:a> <urn:p> [ <urn:q> 1 ], [ <urn:q> 1 ] . <urn:b> <urn:p> [ <urn:q> [] ] ."
    assert turtle_digest(two) == turtle_digest(two) != turtle_digest(two.replace(", [ <urn:q> 1 ]", ""))
    shared = "<urn:a> <urn:p> _:x . <urn:b> <urn:p> {} . <urn:c> <urn:p> _:y . _:x <urn:q> 1 . _:y <urn:q> 1 ."
    assert turtle_digest(shared.format("_:x")) == turtle_digest(shared.format("_:x"))
    assert turtle_digest("_:x <urn:p> _:y . _:y <urn:p> _:x . _:x <urn:q> 1 .") == turtle_digest(
        "_:b <urn:q> 1 . _:b <urn:p> _:a . _:a <urn:p> _:b ."
    )
    knot = "".join(f"_:b{a} <urn:p> _:b{b} .\n" for a in range(14) for b in range(14) if a != b)
    assert turtle_digest(knot), "what cannot be told apart has a name of its own each time"
    ring = "_:a <urn:p> _:b . _:b <urn:p> _:c . _:c <urn:p> _:a . _:d <urn:p> _:e . _:e <urn:p> _:f . _:f <urn:p> {} ."
    assert turtle_digest(ring.format("_:d")) != turtle_digest(ring.format("_:a").replace("_:c <urn:p> _:a", "_:c <urn:p> _:d"))


def test_a_second_writer_is_told_and_reading_goes_on(tmp_path):
    EmbeddedStore.write(tmp_path, quads(1))
    with folder.writing(tmp_path):
        with pytest.raises(StoreError, match="another process writes"):
            EmbeddedStore.write(tmp_path, quads(2))
        assert count(EmbeddedStore.open(tmp_path)) == 1


def test_a_write_that_fails_leaves_the_old_set(tmp_path):
    EmbeddedStore.write(tmp_path, quads(1))

    def breaks():
        yield from quads(2)
        raise ValueError("the source broke off")

    with pytest.raises(ValueError, match="broke off"):
        EmbeddedStore.write(tmp_path, breaks())
    assert count(EmbeddedStore.open(tmp_path)) == 1


def test_folders_that_are_no_store(tmp_path):
    with pytest.raises(StoreError, match="no such store"):
        EmbeddedStore.open(tmp_path / "none")
    with pytest.raises(StoreError, match="not a store"):
        EmbeddedStore.open(tmp_path)
    (tmp_path / "letter.txt").write_text("hej")
    with pytest.raises(StoreError, match="other files"):
        EmbeddedStore.write(tmp_path, quads(1))
    with pytest.raises(StoreError, match="not a folder"):
        EmbeddedStore.write(tmp_path / "letter.txt", quads(1))


def test_a_version_that_may_not_be_read(tmp_path, monkeypatch):
    def denied(version):
        raise PermissionError(13, "Permission denied", str(version.path))

    EmbeddedStore.write(tmp_path, quads(1))
    monkeypatch.setattr(folder, "Hold", denied)
    with pytest.raises(StoreError, match="v-000001: cannot be opened: Permission denied"):
        EmbeddedStore.open(tmp_path)


def test_a_first_load_that_was_cut_short_is_no_empty_register(tmp_path):
    with pytest.raises(RuntimeError), folder.writing(tmp_path):
        raise RuntimeError
    with pytest.raises(StoreError, match="nothing has been loaded"):
        EmbeddedStore.open(tmp_path)


def test_a_folder_that_oxigraph_made_is_read(tmp_path):
    made = ox.Store(str(tmp_path / "made"))
    made.extend(quads(1, 2))
    made.flush()
    del made
    assert count(EmbeddedStore.open(tmp_path / "made")) == 2


def test_readers_and_a_writer_at_once_see_whole_sets(tmp_path):
    EmbeddedStore.write(tmp_path, quads(*range(10)))
    sizes, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            sizes.add(count(EmbeddedStore.open(tmp_path)))

    reader = threading.Thread(target=read)
    reader.start()
    for size in (20, 10, 20, 10, 20):
        EmbeddedStore.write(tmp_path, quads(*range(size)))
    stop.set()
    reader.join(30)
    assert sizes <= {10, 20}


WRITER = """
import sys, pyoxigraph as ox
from pathlib import Path
from gdprgraph.store.memory import EmbeddedStore
def quads(name, n):
    g, p = ox.NamedNode("http://example.org/" + name), ox.NamedNode("http://example.org/p")
    return [ox.Quad(ox.NamedNode(f"http://example.org/{i}"), p, ox.Literal(str(i)), g) for i in range(n)]
sets = quads("a", 300), quads("b", 500)
print("ready", flush=True)
turn = int(sys.argv[2])
while True:
    EmbeddedStore.write(Path(sys.argv[1]), sets[turn % 2])
    turn += 1
"""


@pytest.mark.slow
def test_killed_50_times_while_loading(tmp_path):
    """After kill -9 at any moment the store opens, and holds exactly one of the two sets that were being written."""
    import time

    begun = time.perf_counter()
    EmbeddedStore.write(tmp_path / "trial", quads(*range(500)))
    window = min(max(0.2, 3 * (time.perf_counter() - begun)), 2.0)  # it takes 30 ms, or far longer
    tmp_path = tmp_path / "store"
    chance, seen = random.Random(5), set()
    for turn in range(50):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(turn)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(chance.uniform(0.0, window))
        writer.kill()
        writer.wait(10)
        writer.stdout.close()
        if not (tmp_path / "current.json").exists():
            assert not seen, "there was a set before"
            continue
        held = set(EmbeddedStore.open(tmp_path).raw)
        graphs = {quad.graph_name.value[-1] for quad in held}
        assert (graphs, len(held)) in (({"a"}, 300), ({"b"}, 500))
        seen.add(len(held))
    assert seen == {300, 500}
    EmbeddedStore.write(tmp_path, quads(1))
    assert len(list(tmp_path.iterdir())) == 3, "what crashes leave behind is cleared away"


def test_from_is_honoured_and_fetches_nothing():
    raw = ox.Store()
    raw.extend([*quads(1, 2), *quads(3, graph=G2)])
    store = EmbeddedStore(raw)
    assert len(store.select("SELECT ?s { ?s ?p ?o }").rows) == 3
    assert len(store.select(f"SELECT ?s FROM {G1} {{ ?s ?p ?o }}").rows) == 2
    assert len(store.select(f"SELECT ?s FROM {G1} FROM {G2} {{ ?s ?p ?o }}").rows) == 3
    assert len(store.select(f"SELECT ?s FROM NAMED {G2} {{ GRAPH ?g {{ ?s ?p ?o }} }}").rows) == 1
    assert len(store.select(f"SELECT ?s FROM {G1} FROM {G1} FROM {G2} {{ ?s ?p ?o }}").rows) == 3
    assert len(store.select(f"SELECT ?s FROM NAMED {G2} FROM NAMED {G2} {{ GRAPH ?g {{ ?s ?p ?o }} }}").rows) == 1
    assert not store.select(f"SELECT ?s FROM {G1} {{ GRAPH ?g {{ ?s ?p ?o }} }}").rows
    assert not store.select(f"SELECT ?s FROM NAMED {G2} {{ ?s ?p ?o }}").rows
    for elsewhere in ("<file:///etc/passwd>", "<http://127.0.0.1:1/x>", "<no iri>"):
        with pytest.raises(QueryError):
            store.query(f"SELECT * FROM {elsewhere} {{ ?s ?p ?o }}")


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("SELECT * { SERVICE <http://x/> {} }", ("http://x/",)),
        ("SELECT * { service SILENT <http://x/> {} }", ("http://x/",)),
        ("SELECT * { SERVICE ?where {} }", ("",)),
        ("PREFIX x: <http://x/> SELECT * { SERVICE x:y {} }", ("http://x/y",)),
        ("BASE <http://x/> SELECT * { SERVICE <y> {} }", ("http://x/y",)),
        ("SELECT * { \\u0053ERVICE <http://x/> {} }", ("http://x/",)),
        ("SELECT * { ?s ?p 1SERVICE<http://x/> {} }", ("",)),
        ("PREFIX : <http://x/> SELECT * { ?s ?p trueSERVICE:x {} }", ("",)),
        ("SELECT * { FILTER(?a<?b)SERVICE<http://x/> {} FILTER(?c>?d) }", ("http://x/",)),
        ("SELECT * { ?s <http://p> '''it's''' . SERVICE <http://x/> {} }", ("http://x/",)),
        ("SELECT * { ?s ?p 'SERVICE <http://x/>' } # SERVICE <http://x/>", ()),
        ("SELECT ?service { ?service a  , dpv:ServiceProvider }", ()),
    ],
)
def test_no_service_is_missed(text, services):
    assert scan(text).services == services


def test_a_scan_takes_time_in_proportion():
    """Each of these made one pattern or another quadratic; a second is a hundred times what is needed."""
    import time

    for hostile in ("a." * 100_000, '"' * 200_000, "<a" * 100_000, '"""a' + "'" * 200_000, "a:" * 100_000, "\\" * 200_000):
        begun = time.perf_counter()
        scan(hostile)
        assert time.perf_counter() - begun < 3


def test_prefixes_are_added_where_they_are_missing():
    assert with_prefixes("SELECT * { ?s a dpv:Purpose }").startswith("PREFIX dpv: <https://w3id.org/dpv#> SELECT")
    declared = "PREFIX dpv: <https://w3id.org/dpv#>\nSELECT * { ?s a dpv:Purpose }"
    assert with_prefixes(declared) == declared


def test_what_is_left_to_read_is_worked_out_once_a_folder(tmp_path, monkeypatch):
    """A folder of ten thousand activities took two seconds of each command to find out what nobody has read."""
    source, store, texts = generated.write(tmp_path, 30, 1), tmp_path / "store", tmp_path / "documents"
    Register.load(source, documents=texts).save(store)

    def unread():
        return Register.load(source, store=store, documents=texts).evidence.unread

    first = unread()
    assert first == Register.load(source, documents=texts).evidence.unread
    assert first
    worked_out = []
    monkeypatch.setattr(evidence, "unread_notices", lambda *of: worked_out.append(1) or reading.unread_notices(*of))
    assert unread() == first
    assert not worked_out, "by another command"
    path = sorted(texts.iterdir())[0]
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + "\nEndnu en linje, som ingen har læst.\n", encoding="utf-8")
    assert unread() != first
    assert len(worked_out) == 1, "of another text"
    path.write_text(whole, encoding="utf-8")
    (memo,) = store.glob("v-*/memo.json")
    for broken in ('{"sum": "x", "unread": {}}', "[]", "", memo.read_text(encoding="utf-8").replace(": 1", ": 2")):
        memo.write_text(broken, encoding="utf-8")
        worked_out.clear()
        assert unread() == first
        assert len(worked_out) == 1, broken
    memo.unlink()
    memo.mkdir()  # where nothing may be written
    assert unread() == first
    assert [path.name for path in memo.parent.glob("memo*")] == ["memo.json"]
    Register.load(source, documents=texts).save(store)
    assert not list(store.glob("v-000002/memo*")), "another version has its own"
