"""Several files, all or none."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from compplan.arrow import Frame, read_table, write_whole
from compplan.errors import UsageError

OLD, NEW = Frame(pa.table({"n": [1]})), Frame(pa.table({"n": [2]}))
BAD = Frame(pa.table({"lists": [[1]]}))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def numbers(folder, *files):
    return [read_table(folder / file, name="t")["n"].to_pylist() for file in files]


@pytest.fixture
def old(tmp_path):
    folder = tmp_path / "run"
    write_whole({"a.parquet": OLD, "b.parquet": OLD, "other.txt": "kept"}, folder)
    return folder


def test_a_new_folder_appears_with_all_files(tmp_path):
    folder = tmp_path / "runs" / "2026-10"
    paths = write_whole({"a.parquet": NEW, "manifest.json": "{}", "raw": b"\x00"}, folder)
    assert paths == [folder / "a.parquet", folder / "manifest.json", folder / "raw"]
    assert names(folder) == ["a.parquet", "manifest.json", "raw"]
    assert names(tmp_path / "runs") == ["2026-10"]
    assert (folder / "manifest.json").read_text() == "{}"


def test_files_replace_those_of_the_same_name(old):
    write_whole({"a.parquet": NEW, "c.parquet": NEW}, old)
    assert names(old) == ["a.parquet", "b.parquet", "c.parquet", "other.txt"]
    assert numbers(old, "a.parquet", "b.parquet", "c.parquet") == [[2], [1], [2]]


def test_one_bad_frame_leaves_everything_as_it_was(old, tmp_path):
    with pytest.raises(UsageError, match=r"\.csv cannot hold this table"):
        write_whole({"a.parquet": NEW, "c.csv": BAD}, old)
    assert names(old) == ["a.parquet", "b.parquet", "other.txt"]
    assert numbers(old, "a.parquet") == [[1]]
    with pytest.raises(UsageError, match=r"\.csv cannot hold this table"):
        write_whole({"a.parquet": NEW, "c.csv": BAD}, tmp_path / "new")
    assert names(tmp_path) == ["run"]


@pytest.mark.parametrize("failing", [1, 2, 3])
@pytest.mark.parametrize("with_links", [True, False])
def test_a_failure_among_the_last_steps_is_undone(old, monkeypatch, failing, with_links):
    replace, calls = Path.replace, []

    def sometimes(self, target):
        calls.append(target)
        if len(calls) == failing:
            raise OSError("disk gone")
        return replace(self, target)

    def no_links(*_):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "replace", sometimes)
    if not with_links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    with pytest.raises(OSError, match="disk gone"):
        write_whole({"a.parquet": NEW, "c.parquet": NEW, "b.parquet": NEW}, old)
    monkeypatch.undo()
    assert names(old) == ["a.parquet", "b.parquet", "other.txt"]
    assert numbers(old, "a.parquet", "b.parquet") == [[1], [1]]


def test_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_whole({"a.parquet": NEW}, ".")
    assert names(tmp_path) == ["a.parquet"]


@pytest.mark.parametrize("name", ["sub/a.parquet", "..", "", "a.xlsx"])
def test_names_are_checked_before_anything_is_written(tmp_path, name):
    with pytest.raises(UsageError):
        write_whole({"good.parquet": NEW, name: NEW}, tmp_path / "run")
    assert not names(tmp_path)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(OSError, match="run"):
        write_whole({"a.parquet": NEW}, tmp_path / "run")
    assert names(tmp_path) == ["run"]
    assert (tmp_path / "run").read_text() == "a file"
