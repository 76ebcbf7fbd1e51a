"""How bonuses that pay differences compile to the difference mechanism."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.difference.difference_pass import DifferencePass
from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.bonuses.prepare.sources import sources_of
from compplan.bonuses.prepare.terms import Terms, terms_of
from compplan.bonuses.walk.counting import opposite
from compplan.plan import expression as ex
from compplan.plan.tables import LevelTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.difference.model import Climbing
    from compplan.program.builder import Builder


@dataclass(frozen=True)
class RateTerms:
    """The rates of a bonus as integers of one scale.

    Attributes
    ----------
    rates
        int64[classes].
    floors, tail, least, limit
        See `Difference`.
    taken
        What a quantity of 1 at its scale is as a numerator; 0 without.
    printed
        What a numerator times it is the printed rate, at `terms.printed_scale`.
    """

    terms: Terms
    rates: NDArray[np.int64]
    floors: NDArray[np.int64]
    tail: int
    least: int
    limit: int | None
    taken: int
    printed: Fraction


def compile_difference(name: str, bonus: Climbing, builder: Builder) -> None:
    """Add the pass of a bonus that pays differences."""
    column, rows = builder.klass(bonus.rates_by, bonus.table)
    made = rate_terms(bonus, rows, builder)
    sources = sources_of(bonus.of, builder, per_order=bonus.payment == "order", where=bonus.where)
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    stands = builder.condition(stands_in(bonus))
    taken = builder.quantity(bonus.word("taken")) if bonus.word("taken") else None
    tree = builder.tree(bonus.tree)
    climbed = builder.cut(tree, bonus.stop_at)
    reads = tuple(filter(None, (*sources.reads, column, pay, stands, taken, cap.column if cap else None)))
    given = name, bonus, made, tree, climbed, sources, column, pay, stands, taken, cap
    builder.add(DifferencePass((f"pay {name}",), reads, *given))


def stands_in(bonus: Climbing) -> ex.Expr:
    """Return who stands in the walk: distributors who are not taken out of it."""
    distributor = ex.parse("is_distributor")
    if bonus.compress == "none":
        return distributor
    return ex.Logic("and", (distributor, opposite(ex.parse(bonus.compress))))


def rate_terms(bonus: Climbing, rows: list[LevelTable], builder: Builder) -> RateTerms:
    """Bring all rates of a bonus to one scale, fine enough for what the source's quantity says is taken."""
    model, scope = builder.plan.model, builder.plan.scope
    before, least_taken, most = (bonus.word(word) for word in ("taken", "takes_at_least", "total_limit"))
    digits = scope.scale(bonus.of) if bonus.rates is not None else 0  # an amount is for one payment, a base of 1
    one = Decimal(1).scaleb(-scope.scale(before)) if before else Decimal(0)
    floors = bonus.word("at_least") or LevelTable(levels=())
    more = [floors, *(LevelTable(levels=(value or Decimal(0),)) for value in (least_taken, most))]
    made = terms_of(bonus, [*rows, *more, LevelTable(levels=(one,))], model, base_scale=digits)
    table, count = made.numerators, len(rows)
    floor, least, limit, taken = (table[count + row] for row in range(4))
    point = Fraction(bonus.money_per_point) * 10 ** (made.exact_scale - digits)
    return RateTerms(
        terms=made,
        rates=np.ascontiguousarray(table[:count, 0]),
        floors=np.ascontiguousarray(floor[: len(floors.levels)]),
        tail=int(floor[-1]) if floors.tail is not None else 0,
        least=int(least[0]),
        limit=None if most is None else int(limit[0]),
        taken=int(taken[0]),
        printed=Fraction(10**made.printed_scale) / point if point else Fraction(0),
    )
