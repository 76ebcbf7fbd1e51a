"""Find one member by an id that somebody typed, and say something useful where there is none."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import numbers, texts
from compplan.errors import Problem

if TYPE_CHECKING:
    from compplan.genealogy.ids import MemberIndex

FEW = 10_000
"""Up to this many texts are compared letter by letter for the nearest one."""


def find(index: MemberIndex, member: object) -> int:
    """Return the position of an id, -1 where it is unknown or of the wrong type."""
    wanted = str if index.kind == pa.large_string() else int | np.integer
    if isinstance(member, bool) or not isinstance(member, wanted):
        return -1
    if isinstance(member, str):
        return int(index.lookup(texts([member]))[0])
    try:
        return int(index.lookup(numbers(np.array([member], np.int64), pa.int64()))[0])
    except OverflowError:
        return -1


def unknown_member(index: MemberIndex, ids: pa.Array, member: object) -> Problem:
    """Return the problem of an unknown id, with the nearest id as the hint."""
    nearest = _nearest_text if index.kind == pa.large_string() else _nearest_integer
    hint = nearest(index, ids, str(member).strip()) if len(ids) else "there are no members"
    return Problem("member-unknown", f"there is no member {member!r}", None, hint)


def _nearest_text(_index: MemberIndex, ids: pa.Array, word: str) -> str:
    same = ids.filter(pc.equal(pc.utf8_lower(ids), word.lower()))
    close = same[:1].to_pylist() or (get_close_matches(word, ids.to_pylist(), n=1) if len(ids) <= FEW else [])
    return f'did you mean "{close[0]}"?' if close else "ids are text, compared letter by letter"


def _nearest_integer(index: MemberIndex, ids: pa.Array, word: str) -> str:
    if word.removeprefix("-").isdecimal() and find(index, int(word)) >= 0:
        return f"ids are integers: did you mean {int(word)}?"
    bounds = pc.min_max(ids).as_py()
    return f"ids are integers from {bounds['min']} to {bounds['max']}"
