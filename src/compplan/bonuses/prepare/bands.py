"""Marginal bands: each part of a volume is paid at the rate of the band that it lies in.

A table `{0: 20%, 1000: 25%}` has the bands from 0 to 1,000 and from 1,000 on. With `bands: whole` the volume as a
whole is paid at the rate that it reaches, which needs none of this. All numbers here are integers at one scale,
that of `Bands.scale`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.prepare.band_kernels import count_parts, fill_parts, worth_all
from compplan.errors import ExactnessError
from compplan.money import INT64_MAX
from compplan.money_arrays import max_abs
from compplan.plan.values import EXACT, digits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_BOTTOM = np.iinfo(np.int64).min // 2


@dataclass(frozen=True)
class Parts:
    """What lies in which band, one entry a part, in the order of the spans and of the bands.

    Attributes
    ----------
    span
        Index of the span.
    band
        Index of the band, -1 below the first.
    size
        How much of the span lies in it; negative where the span goes down (a return).
    """

    span: NDArray[np.int32]
    band: NDArray[np.int16]
    size: Ints


@dataclass(frozen=True)
class Bands:
    """Where bands start.

    Attributes
    ----------
    starts
        int64[bands], ascending: a band goes from its start (not included) up to the next one (included).
    scale
        Digits after the point of `starts`, and of all volumes that are split by them.

    Examples
    --------
    >>> from decimal import Decimal
    >>> bands = Bands.of([Decimal(0), Decimal(1000)], scale=0)
    >>> parts = bands.parts(np.array([900]), np.array([1250]))
    >>> parts.band, parts.size
    (array([0, 1], dtype=int16), array([100, 250]))
    """

    starts: Ints
    scale: int

    @classmethod
    def of(cls, thresholds: Sequence[Decimal], *, scale: int) -> Bands:
        """Make bands of a table's keys; the scale grows where they have more digits."""
        scale = max([scale, *map(digits, thresholds)])
        return cls(np.array([int(key.scaleb(scale, EXACT)) for key in thresholds], np.int64), scale)

    def lifted(self, values: Ints, scale: int) -> Ints:
        """Bring a volume to the scale of the bands.

        Raises
        ------
        ExactnessError
            If it does not fit 62 bits there.
        """
        factor = 10 ** (self.scale - scale)
        if max_abs(values) * factor > INT64_MAX // 2:
            raise ExactnessError(f"a volume passes 62 bits at {self.scale} digits: use fewer digits in the bands")
        lifted: Ints = values * factor
        return lifted

    def parts(self, low: Ints, high: Ints) -> Parts:
        """Split the spans from `low` to `high` by the bands.

        Parameters
        ----------
        low, high
            int64[n] at the bands' scale. Where `high` is below `low`, the parts are negative.
        """
        starts = np.concatenate([np.array([_BOTTOM]), self.starts])
        counts = np.empty(low.size, np.int64)
        count_parts(starts, low, high, counts)
        offsets = np.zeros(low.size + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        total = int(offsets[-1])
        span, band, size = np.empty(total, np.int32), np.empty(total, np.int16), np.empty(total, np.int64)
        fill_parts(starts, low, high, offsets, span, band, size)
        return Parts(span, band - np.int16(1), size)

    def worth(self, rates: Ints, values: Ints) -> Ints:
        """Return what each volume is worth: its parts times the rates of their bands, summed.

        Parameters
        ----------
        rates
            int64[bands], numerators of rates.
        values
            int64[n] at the bands' scale.

        Raises
        ------
        ExactnessError
            If a sum could pass 64 bits.
        """
        widest = max_abs(values) + max_abs(self.starts)
        if widest * max(1, max_abs(rates)) > INT64_MAX:
            raise ExactnessError("a volume times its rates passes 64 bits: use fewer digits")
        out = np.empty(values.size, np.int64)
        worth_all(self.starts, rates, values, out)
        return out
