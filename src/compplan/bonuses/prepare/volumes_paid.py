"""What mechanisms that go up a tree are paid on: one base a source, or one value a line of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BaseOrLines:
    """Inputs with `base`, or else with `line_value`."""

    base: NDArray[np.int64] | None
    line_value: NDArray[np.int64] | None

    @property
    def values(self) -> NDArray[np.int64]:
        """The bases, one a source or one a line."""
        values = self.base if self.base is not None else self.line_value
        assert values is not None  # noqa: S101 - one of the two is given
        return values
