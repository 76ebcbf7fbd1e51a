"""What a sense check yields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from compplan.plan.marks import Path


class Finding(NamedTuple):
    """One thing that makes no sense: where in the data (the value, or its key), what, and what to do."""

    path: Path
    message: str
    hint: str = ""
    key: bool = False


Found: TypeAlias = Iterator[Finding]
