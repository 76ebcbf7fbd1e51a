"""The columns of a run as one member has them, for explanations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.work import Work


@dataclass(frozen=True)
class OneMember:
    """The same columns, cut down to a slice of the members."""

    work: Work
    part: slice

    def number(self, name: str) -> tuple[NDArray[np.int64] | int, int]:
        """Return a quantity and its scale."""
        values, scale = self.work.number(name)
        return values if isinstance(values, int) else values[self.part], scale

    def flag(self, name: str) -> NDArray[np.bool_]:
        """Return a condition's value."""
        return self.work.columns[name][self.part]

    def rank(self, name: str) -> NDArray[np.int8] | int:
        """Return a rank."""
        ranks = self.work.rank(name)
        return ranks if isinstance(ranks, int) else ranks[self.part]

    def kind(self, name: str) -> str:
        """Tell whether a name is a number, a flag or a rank."""
        return self.work.kind(name)

    def other(self, who: str) -> OneMember:
        """Return the columns of another member that a condition speaks of."""
        return self.work.other(who)

    def field_flag(self, column: str) -> NDArray[np.bool_]:
        """Return a member field that is true or false."""
        return self.work.columns[f"member.{column}"][self.part]

    def field_among(self, column: str, texts: tuple[str, ...]) -> NDArray[np.bool_]:
        """Tell whether the member field is one of some texts."""
        codes, values = self.work.texts[column]
        return np.array([values[c] in texts if c >= 0 else False for c in codes[self.part]], np.bool_)

    def fields_agree(self, column: str, other: str) -> NDArray[np.bool_]:
        """Tell whether the two member fields hold the same text."""
        (codes, values), (others, names) = self.work.texts[column], self.work.texts[other]
        both = zip(codes[self.part], others[self.part], strict=True)
        return np.array([min(a, b) >= 0 and values[a] == names[b] for a, b in both], np.bool_)
