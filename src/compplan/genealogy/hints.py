"""Find one member by an id that somebody typed, and say something useful where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from compplan.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from compplan.genealogy.ids import MemberIndex

FEW = 10_000
"""Up to this many texts are compared letter by letter for the nearest one."""


def find(index: MemberIndex, member: object) -> int:
    """Return the position of an id, -1 where it is unknown or of the wrong type."""
    if isinstance(member, bool) or not isinstance(member, str if index.kind == pa.large_string() else int):
        return -1
    try:
        return int(index.lookup(pa.array([member], index.kind))[0])
    except (OverflowError, pa.ArrowInvalid):
        return -1


def unknown_member(ids: pa.Array, member: object) -> Problem:
    """Return the problem of an unknown id, with the nearest ids as the hint."""
    hint = _nearest_text(ids, str(member)) if ids.type == pa.large_string() else _nearest_integer(ids, member)
    return Problem("member-unknown", f"there is no member {member!r}", None, hint)


def _nearest_text(ids: pa.Array, word: str) -> str:
    asked = word.strip().lower()
    same = ids.filter(pc.equal(pc.utf8_lower(ids), asked))
    if len(same):
        return f'did you mean "{same[0].as_py()}"?'
    if len(ids) <= FEW:
        return did_you_mean(word, ids.to_pylist()) if did_you_mean(word, ids.to_pylist()).startswith("did") else ""
    return ""


def _nearest_integer(ids: pa.Array, member: object) -> str:
    if not len(ids):
        return "there are no members"
    bounds = pc.min_max(ids).as_py()
    text = str(member).strip()
    if text.removeprefix("-").isdecimal() and not isinstance(member, int) and pc.index(ids, int(text)).as_py() >= 0:
        return f"ids are integers: did you mean {int(text)}?"
    return f"ids are integers from {bounds['min']} to {bounds['max']}"
