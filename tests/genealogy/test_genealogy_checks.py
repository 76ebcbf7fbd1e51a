"""Every defect of a members table: found by name, with its rows and ids, and all at once."""

from __future__ import annotations

import pyarrow as pa
import pytest

from compplan.errors import DataError
from compplan.genealogy import checks
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns

ENROLLMENT = TreeColumns("enrollment", "sponsor")
BINARY = TreeColumns("binary", "place", "side", 2)


def problems_of(columns, *trees, id_column="id"):
    members = columns if isinstance(columns, pa.Table) else pa.table(columns)
    with pytest.raises(DataError) as caught:
        build_genealogy(members, id_column=id_column, trees=trees or [ENROLLMENT])
    assert all(problem.hint for problem in caught.value.problems)
    assert all(problem.place.table == "members" for problem in caught.value.problems)
    return caught.value.problems


def only_problem(columns, *trees):
    (problem,) = problems_of(columns, *trees)
    return problem


def where(problem):
    return problem.place.column, problem.place.count, problem.place.rows, problem.place.ids


def test_missing_columns_are_all_named():
    found = problems_of({"ident": [1], "sponsr": [1], "place": [1]}, ENROLLMENT, BINARY)
    assert [problem.code for problem in found] == ["column-missing"] * 3
    assert [problem.message for problem in found] == [
        'there is no column "id" (ids)',
        'there is no column "sponsor" (parents of tree "enrollment")',
        'there is no column "side" (sides of tree "binary")',
    ]
    assert found[1].hint == 'did you mean "sponsr"?'


def test_missing_side_does_not_hide_the_rest():
    found = problems_of({"id": [1, 2], "sponsor": [None, 9], "place": [None, 8]}, ENROLLMENT, BINARY)
    assert [problem.code for problem in found] == ["column-missing", "parent-unknown", "parent-unknown"]


def test_column_twice():
    columns = [pa.array([1]), pa.array([1]), pa.nulls(1)]
    table = pa.Table.from_arrays(columns, names=["id", "sponsor", "sponsor"])
    (problem,) = problems_of(table)
    assert problem.code == "column-repeated"
    assert problem.message == '2 columns are named "sponsor" (parents of tree "enrollment")'


def test_ids_that_are_floats():
    (problem,) = problems_of({"id": [1.0, 2.0], "sponsor": [None, 1]})
    assert problem.code == "id-type"
    assert problem.message == "ids of type double cannot be read"
    assert where(problem) == ("id", 2, (), ())


def test_ids_beyond_64_bits():
    (problem,) = problems_of({"id": pa.array([2**64 - 1], pa.uint64()), "sponsor": pa.nulls(1)})
    assert problem.code == "id-range"


def test_parents_of_another_type():
    problem = only_problem({"id": [1, 2], "sponsor": [None, "1"]})
    assert problem.code == "id-type"
    assert problem.message == "ids are text here (string), but the members' ids are integers"
    assert problem.place.column == "sponsor"


def test_null_ids():
    problem = only_problem({"id": [1, None, 3, None], "sponsor": [None, 1, 1, 3]})
    assert problem.code == "id-null"
    assert problem.message == "2 members have no id"
    assert where(problem) == ("id", 2, (1, 3), ())


def test_repeated_ids():
    problem = only_problem({"id": [5, 6, 5, 6, 5, 7], "sponsor": pa.nulls(6)})
    assert problem.code == "id-repeated"
    assert problem.message == "2 ids stand on several rows: 5 (rows 0, 2, 4), 6 (rows 1, 3)"
    assert where(problem) == ("id", 5, (0, 1, 2, 3, 4), ("5", "6", "5", "6", "5"))


def test_repeated_text_ids():
    problem = only_problem({"id": ["a", "b", "a"], "sponsor": [None, "a", "b"]})
    assert problem.message == "1 id stands on several rows: a (rows 0, 2)"


def test_unknown_parents():
    problem = only_problem({"id": [1, 2, 3, 4], "sponsor": [None, 99, 1, 98]})
    assert problem.code == "parent-unknown"
    assert problem.message == 'tree "enrollment": 2 members have a parent that is not a member: 99, 98'
    assert where(problem) == ("sponsor", 2, (1, 3), ("2", "4"))
    assert "add the parents" in problem.hint


@pytest.mark.parametrize(("ids", "nobody"), [([1, 2], 0), (["a", "b"], "")])
def test_a_word_for_no_parent_gets_its_own_hint(ids, nobody):
    problem = only_problem({"id": ids, "sponsor": [nobody, ids[0]]})
    assert problem.message.endswith(f"1 member has a parent that is not a member: {nobody!r}")
    assert problem.hint == "a root has a null parent: write null where there is none"


def test_own_parent():
    problem = only_problem({"id": [1, 2, 3], "sponsor": [None, 2, 2]})
    assert problem.code == "parent-self"
    assert problem.message == 'tree "enrollment": 1 member is its own parent'
    assert where(problem) == ("sponsor", 1, (1,), ("2",))


def test_cycle():
    problem = only_problem({"id": ["c", "a", "b", "d", "r"], "sponsor": ["a", "b", "c", "a", None]})
    assert problem.code == "parent-cycle"
    assert problem.message == 'tree "enrollment": 1 cycle of parents: a -> b -> c -> a'
    assert where(problem) == ("sponsor", 3, (1, 2, 0), ("a", "b", "c"))


def test_every_cycle_once_and_the_count_of_all():
    ids = list(range(14))
    problem = only_problem({"id": ids, "sponsor": [member ^ 1 for member in ids]})
    assert problem.message == (
        'tree "enrollment": 7 cycles of parents: '
        "0 -> 1 -> 0; 2 -> 3 -> 2; 4 -> 5 -> 4; 6 -> 7 -> 6; 8 -> 9 -> 8; and 2 more"
    )
    assert problem.place.count == 14


def test_long_cycle_is_shortened():
    problem = only_problem({"id": list(range(1, 1001)), "sponsor": [*range(2, 1001), 1]})
    assert problem.message.endswith("1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> 8 -> 9 -> 10 -> ... 990 more ... -> 1")


def test_missing_sides():
    columns = {"id": [1, 2, 3], "place": [None, 1, 1], "side": [None, "left", None]}
    problem = only_problem(columns, BINARY)
    assert problem.code == "side-missing"
    assert problem.message == 'tree "binary": 1 member has a parent but no side'
    assert where(problem) == ("side", 1, (2,), ("3",))


def test_invalid_sides():
    columns = {"id": [1, 2, 3], "place": [None, 1, 1], "side": ["top", "left", "middle"]}
    problem = only_problem(columns, BINARY)
    assert problem.code == "side-invalid"
    assert problem.message == """tree "binary": 2 sides are not a side of this tree: 'top', 'middle'"""
    assert where(problem) == ("side", 2, (0, 2), ("1", "3"))
    assert problem.hint == 'write "left" or "right", or 0 or 1'


def test_invalid_places_of_a_matrix():
    columns = {"id": [1, 2], "place": [None, 1], "side": [None, 3]}
    problem = only_problem(columns, TreeColumns("matrix", "place", "side", 3))
    assert problem.hint == "write a number from 0 to 2"


def test_sides_of_another_type():
    columns = {"id": [1, 2], "place": [None, 1], "side": [None, 1.0]}
    problem = only_problem(columns, BINARY)
    assert problem.code == "side-type"
    assert problem.message == 'tree "binary": sides of type double cannot be read'


def test_shared_sides():
    columns = {"id": [1, 2, 3, 4], "place": [None, 1, 1, 2], "side": [None, "left", "L", "left"]}
    problem = only_problem(columns, BINARY)
    assert problem.code == "side-shared"
    assert problem.message == 'tree "binary": 1 place holds two members or more: left of 1 (2, 3)'
    assert where(problem) == ("side", 2, (1, 2), ("2", "3"))


def test_shared_places_of_a_tree_without_width():
    columns = {"id": [1, 2, 3], "place": [None, 1, 1], "side": [None, 7, 7]}
    problem = only_problem(columns, TreeColumns("free", "place", "side"))
    assert problem.message.endswith("place 7 of 1 (2, 3)")


def test_too_many_children():
    columns = {"id": [1, 2, 3, 4, 5], "place": [None, 1, 1, 1, 2]}
    problem = only_problem(columns, TreeColumns("matrix", "place", width=2))
    assert problem.code == "width-exceeded"
    assert problem.message == 'tree "matrix": 1 member has more children than the width of 2: 1 has 3'
    assert where(problem) == ("place", 1, (0,), ("1",))


def test_many_roots_are_not_too_many_children():
    columns = {"id": [1, 2, 3], "place": pa.nulls(3)}
    assert build_genealogy(pa.table(columns), id_column="id", trees=[TreeColumns("matrix", "place", width=2)])


def test_crowds_beside_a_cycle_are_found_too():
    columns = {"id": [1, 2, 3, 4, 5], "place": [2, 1, 1, None, 4], "side": ["left"] * 5}
    found = problems_of(columns, TreeColumns("binary", "place", "side", 1))
    assert [problem.code for problem in found] == ["parent-cycle", "side-shared", "width-exceeded"]


def test_everything_at_once():
    columns = {
        "id": ["a", "b", None, "d", "e", "d"],
        "sponsor": ["b", "a", "zz", "d", "e", ""],
        "place": [None, "a", "a", "a", "b", "b"],
        "side": ["left", None, "R", "Right", "l", "x"],
    }
    found = problems_of(columns, ENROLLMENT, BINARY, TreeColumns("third", "nowhere"))
    assert sorted(problem.code for problem in found) == [
        "column-missing",
        "id-null",
        "id-repeated",
        "parent-cycle",
        "parent-self",
        "parent-unknown",
        "side-invalid",
        "side-missing",
        "side-shared",
        "width-exceeded",
    ]
    (shared,) = (problem for problem in found if problem.code == "side-shared")
    assert shared.place.ids == ("null", "d")


def test_only_the_first_rows_are_named():
    problem = only_problem({"id": list(range(20)), "sponsor": [99 + row for row in range(20)]})
    assert problem.message.endswith("99, 100, 101, 102, 103 and 15 more")
    assert where(problem) == ("sponsor", 20, (0, 1, 2, 3, 4), ("0", "1", "2", "3", "4"))


def test_too_many_members(monkeypatch):
    monkeypatch.setattr(checks, "MOST_MEMBERS", 1)
    (problem,) = problems_of({"id": [1, 2], "sponsor": pa.nulls(2)})
    assert problem.code == "members-too-many"
