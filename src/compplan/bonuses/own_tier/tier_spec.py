"""How a tier bonus goes on from period to period; the plan language reads it, so there is no NumPy here."""

from __future__ import annotations

from typing import Literal

from compplan.records import Record


class TierSpec(Record):
    """How a tier bonus goes on from period to period.

    Attributes
    ----------
    count
        Number of tiers.
    again, first
        Whether a tier pays each period, and whether it pays the first time.
    every
        Whether all tiers up to the best one pay, and not the best one alone.
    held
        In how many periods in a row a tier must be reached before it counts.
    grace
        In how many periods in a row a tier that was lost still pays its share.
    payments
        In how many payments the amount of the first time is paid.
    needs
        What a later payment needs.
    missed
        What becomes of a payment whose need is not met.
    """

    count: int
    again: bool = True
    first: bool = False
    every: bool = False
    held: int = 1
    grace: int = 0
    payments: int = 1
    needs: Literal["nothing", "pay_when", "tier"] = "nothing"
    missed: Literal["lost", "later"] = "lost"

    @property
    def kept(self) -> list[str]:
        """What is kept from one period to the next."""
        names = ["tier"]
        if self.held > 1 or self.grace:
            names.append("holding")
        if self.grace:
            names.append("grace")
        names += [f"ago_{number}" for number in range(1, self.held)]
        return names + [f"left_{tier}" for tier in range(1, self.count + 1) if self.payments > 1]
