"""A store folder that is damaged is refused in one line, with the way out; never a traceback, never a query without end."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from gdprgraph import StoreError
from gdprgraph.store.memory import EmbeddedStore
from support.commands import gdprgraph

QUADS = [
    ox.Quad(ox.NamedNode(f"https://a.example/{n}"), ox.NamedNode("https://a.example/p"), ox.Literal(str(n)), ox.DefaultGraph())
    for n in range(2000)
]


@pytest.fixture
def folder(tmp_path):
    EmbeddedStore.write(tmp_path / "store", QUADS)
    return tmp_path / "store"


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "3", '"x"', "null", "{}", "{", '{"format": 1}', '{"format": 1, "folder": 7, "version": 1}'),
        '{"format": 1, "folder": "v-000001", "version": "x", "quads": "many"}',
        '{"format": 1, "folder": "../v-000001", "version": "x", "quads": 1}',
    ],
)
def test_a_damaged_pointer(folder, text):
    (folder / "current.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=r"current\.json"):
        EmbeddedStore.open(folder)
    EmbeddedStore.write(folder, QUADS)
    assert len(list(EmbeddedStore.open(folder).quads())) == 2000, "loading again mends it"


def test_a_version_that_is_missing(folder):
    said = json.loads((folder / "current.json").read_text())
    (folder / "current.json").write_text(json.dumps(said | {"folder": "v-000099"}))
    with pytest.raises(StoreError, match=r"v-000099.* is missing.*load it again"):
        EmbeddedStore.open(folder)


def test_one_byte_that_has_changed(folder):
    (data,) = sorted(folder.glob("v-*/*.sst"), key=lambda path: path.stat().st_size)[-1:]
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.chmod(0o644)
    data.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged.*load it again"):
        EmbeddedStore.open(folder)
    told = gdprgraph("load", "--verify", "--store", str(folder), check=False)
    assert told.returncode == 2
    assert "damaged" in told.stderr


def test_a_data_file_that_is_gone(folder):
    next(folder.glob("v-*/*.sst")).unlink()
    with pytest.raises(StoreError, match=r"cannot be read.*load it again"):
        EmbeddedStore.open(folder)


def test_a_whole_store_is_verified(folder):
    assert "2000 quads" in gdprgraph("load", "--verify", "--store", str(folder)).stdout
