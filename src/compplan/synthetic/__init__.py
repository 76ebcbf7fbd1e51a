"""Synthetic fields: a genealogy and the orders of one period, from a seed, the same on every machine.

No public sponsorship tree is at hand, so tests, benchmarks and examples grow their own. `synth` returns
members and orders as Arrow tables; the same arguments give the same bytes, whatever the machine or the
versions of NumPy, Numba and Arrow: all draws are counters through the splitmix64 mixer, all tables are whole
numbers, and neither a float nor a function of the C library takes part.

What the shape `"field"` is calibrated to, each with the sentence that it rests on. The first four are from
the project's notes on published facts (ECOSYSTEM.md), the fifth from its notes on measurements
(PERFORMANCE-DETAILS.md). The numbers are in `compplan.synthetic.calibration`.

1. "30-35k active sellers to 163k preferred customers": 4.7 to 5.4 preferred customers for each distributor
   with volume, in a period of one month. For this 28 % of the members are distributors and 62 % preferred
   customers; the remaining 10 % are retail customers, which is assumed.
2. "median tenure 8 months (sellers)": half of the distributors enrolled in the 8 months up to the period's
   end.
3. "and 2 months (customers)": the same for preferred and retail customers.
4. "47 % of last year's enrollees buy nothing this year": to be seen with `period="2026"`: of those who
   enrolled in 2025, 47 % have no order. In one month more of them have none, since a buyer does not buy every
   month.
5. "45 % of members have volume": in a period of one month. This is what the benchmarks assumed; it is not a
   published fact.

Nothing published stands behind the rest: how tenure and activity spread around these figures, how the tree
grows, amounts, product classes, countries, autoship, and how many rows a buyer has. The published figures on
who earns (21.7 % of actives, the shares of titles) are results of a plan, not of a field; nothing here aims
at them.
"""

from __future__ import annotations

from compplan.synthetic.field import Field, synth

__all__ = ["Field", "synth"]
