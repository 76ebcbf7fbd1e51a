"""What a sense check yields."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from compplan.plan.marks import Path

    Found: TypeAlias = Iterator["Finding"]


class Finding(NamedTuple):
    """One thing that makes no sense: where in the data (the value, or its key), what, and what to do."""

    path: Path
    message: str
    hint: str = ""
    key: bool = False
