"""A saved genealogy is the same when it is mapped back, and a file is there whole or not at all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from compplan.arrow import write
from compplan.errors import DataError, UsageError
from compplan.genealogy import check_kernels
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.genealogy.store import load_genealogy, save_genealogy
from tests.naive import genealogy as naive

TREES = [TreeColumns("enrollment", "sponsor"), TreeColumns("placement", "sponsor", "side")]


@pytest.fixture
def built():
    members = pa.table({"id": ["c", "a", "b"], "sponsor": ["a", None, "a"], "side": [1, None, 0]})
    return build_genealogy(members, id_column="id", trees=TREES)


@given(naive.forests())
def test_loaded_is_built(tmp_path_factory, forest):
    ids, parents = forest
    kind = pa.string() if ids and isinstance(ids[0], str) else pa.int64()
    sponsors = pa.array([parents[member] for member in ids], kind)
    members = pa.table({"id": pa.array(ids, kind), "sponsor": sponsors})
    built = build_genealogy(members, id_column="id", trees=[TREES[0], TreeColumns("ä.b", "sponsor")])
    path = tmp_path_factory.mktemp("store") / "genealogy.arrow"
    save_genealogy(built, path)
    loaded = load_genealogy(path)
    assert loaded.equals(built)
    assert loaded.index.lookup(built.ids).tolist() == list(range(built.n))


def test_sides_are_kept_and_kernels_run_on_mapped_arrays(built, tmp_path):
    save_genealogy(built, tmp_path / "g.arrow")
    loaded = load_genealogy(tmp_path / "g.arrow")
    assert loaded.equals(built)
    tree = loaded.trees["placement"]
    assert tree.side.tolist() == [-1, 0, 1]
    assert not tree.depth.flags.owndata
    assert not tree.depth.flags.writeable
    assert check_kernels.shared_sides(tree.depth, tree.side, np.zeros(3, np.uint64)) == 0
    assert loaded.position("c") == 2


def test_any_arrow_reader_can_open_the_file(built, tmp_path):
    save_genealogy(built, tmp_path / "g.arrow")
    with pa.ipc.open_file(tmp_path / "g.arrow") as reader:
        table = reader.read_all()
    assert table.column_names[:3] == ["id", "row", "enrollment.depth"]
    assert table["enrollment.depth"].to_pylist() == [0, 1, 1]


def test_saving_over_a_mapped_file_leaves_the_mapped_one_alone(built, tmp_path):
    path = tmp_path / "g.arrow"
    save_genealogy(built, path)
    loaded = load_genealogy(path)
    members = pa.table({"id": ["z"], "sponsor": pa.nulls(1), "side": pa.nulls(1)})
    save_genealogy(build_genealogy(members, id_column="id", trees=TREES), path)
    assert loaded.equals(built)
    assert load_genealogy(path).n == 1


def test_a_failure_leaves_nothing_behind(built, tmp_path, monkeypatch):
    path = tmp_path / "g.arrow"
    save_genealogy(built, path)

    def fail(_file):
        raise OSError("disk full")

    monkeypatch.setattr(write.os, "fsync", fail)
    members = pa.table({"id": ["z"], "sponsor": pa.nulls(1), "side": pa.nulls(1)})
    with pytest.raises(OSError, match="disk full"):
        save_genealogy(build_genealogy(members, id_column="id", trees=TREES), path)
    assert [found.name for found in tmp_path.iterdir()] == ["g.arrow"]
    assert load_genealogy(path).equals(built)


def test_files_that_are_no_genealogy(built, tmp_path):
    def reason(path):
        with pytest.raises(DataError) as caught:
            load_genealogy(path)
        return str(caught.value)

    (tmp_path / "text.arrow").write_text("not arrow at all")
    assert "text.arrow cannot be read" in reason(tmp_path / "text.arrow")
    other = pa.table({"x": [1]})
    with pa.ipc.new_file(tmp_path / "other.arrow", other.schema) as writer:
        writer.write_table(other)
    assert "it holds other data" in reason(tmp_path / "other.arrow")
    save_genealogy(built, tmp_path / "g.arrow")
    whole = (tmp_path / "g.arrow").read_bytes()
    (tmp_path / "cut.arrow").write_bytes(whole[: len(whole) // 2])
    assert "cannot be read" in reason(tmp_path / "cut.arrow")
    (tmp_path / "newer.arrow").write_bytes(whole.replace(b'"format": 1', b'"format": 9'))
    assert "it has format 9, this version reads 1" in reason(tmp_path / "newer.arrow")


def test_names_that_are_no_genealogy(built, tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        load_genealogy(tmp_path / "missing.arrow")
    with pytest.raises(UsageError, match=r"kept in an \.arrow file"):
        save_genealogy(built, tmp_path / "g.parquet")
