"""What makes no sense in a pool: fields that do not go together, and shares that say more than they should."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.wording import percent
from compplan.plan.words import RANK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.kinds.pool import Pool
    from compplan.plan.findings import Found
    from compplan.plan.marks import Path
    from compplan.plan.scope import Scope


def does_not_fit(pool: Pool) -> Iterator[Hinted]:
    """Yield which fields of a pool do not go together."""
    if (pool.rates is None) == (pool.amounts is None):
        yield Hinted("a pool has rates or amounts", "give one of them")
    if (pool.rates is None) != (pool.of is None):
        yield Hinted("rates need a quantity, and amounts none", "give of and rates, or amounts alone")
    if isinstance(pool.table, ByKey) and pool.open_to is None:
        hint = "open_to: key, or open_to: key_and_higher"
        yield Hinted("it is not said who shares in the pool of a key", hint, ("rates",) if pool.rates else ("amounts",))
    if not isinstance(pool.table, ByKey) and pool.open_to is not None:
        yield Hinted("open_to goes with a pool for each key", "leave it out", ("open_to",))
    if pool.total_of == "key" and (pool.rates is None or not isinstance(pool.rates, ByKey)):
        yield Hinted("total_of: key goes with a rate for each key", "leave it out", ("total_of",))
    if pool.pays < 1 and pool.rest != "carry":
        yield Hinted("what is not paid out has no place to go", "add rest: carry", ("pays",))
    if pool.pays > 1:
        yield Hinted("more than all of the pool cannot be paid", "write at most 100%", ("pays",))
    if pool.rest == "shared" and pool.over_pool == "paid":
        yield Hinted("shares of the rest add up to the pool", "use over_pool: scaled, or leave it out", ("over_pool",))
    if "weights_on" in pool.model_fields_set and pool.weights is None:
        yield Hinted("there are no weights", "add weights, or leave weights_on out", ("weights_on",))
    yield from _point_value_does_not_fit(pool)
    yield from _places_do_not_fit(pool)


def _point_value_does_not_fit(pool: Pool) -> Iterator[Hinted]:
    if "point_rounding" in pool.model_fields_set and pool.point_decimals is None:
        yield Hinted("the value of a point is not rounded", "add point_decimals", ("point_rounding",))
    rounded = pool.point_decimals is not None
    if rounded and pool.residue == "largest_remainder":
        hint = "use residue: company, or rounded_alone"
        yield Hinted("a rounded point value leaves a rest that is not handed out", hint, ("residue",))


def _places_do_not_fit(pool: Pool) -> Iterator[Hinted]:
    if pool.places is None:
        for field in ("ties", "places_by", "last_order_of"):
            if field in pool.model_fields_set:
                yield Hinted(f"{field} goes with places", "add places, or leave it out", (field,))
        return
    if pool.by is None:
        yield Hinted("places need a number to rank by", "add by", ("places",))
    if pool.ties is None:
        hint = "ties: earlier_last_order, smaller_id, or shared"
        yield Hinted("it is not said who of equals comes first", hint, ("places",))
    for field in ("weights", "point_max", "point_decimals"):
        if getattr(pool, field) is not None:
            yield Hinted(f"{field} does not go with places", "a place has its own share", (field,))
    if isinstance(pool.table, ByKey):
        yield Hinted("places do not go with a pool for each key", "write one pool for each list", ("places",))
    if isinstance(pool.places, ByKey) != (pool.places_by is not None):
        hint = "give both, for example places_by: sales, places: {0: [60%, 40%], 10000: [50%, 30%, 20%]}"
        yield Hinted("places_by goes with places by threshold", hint, ("places",))


def makes_no_sense(pool: Pool, scope: Scope) -> Found:
    """Yield what is wrong with a pool in its plan."""
    if pool.total_of == "key" and pool.of in scope.rules and scope.rules[pool.of].company_wide(scope):
        yield Finding(("total_of",), f'"{pool.of}" is one number of the company', "leave it out, or name a volume")
    for field in ("of", "places_by"):
        if (name := getattr(pool, field)) in scope.rules and scope.rules[name].overlaps:
            message = f'the sum of "{name}" over the company counts volume more than once'
            yield Finding((field,), message, "name a volume that is a member's own")
    yield from _keys_do_not_ascend(pool, scope)
    yield from _more_than_the_whole(pool)
    for path, row in _rows(("places",), pool.places):
        yield from _places_make_no_sense(pool, path, row)
    for path, row in _rows((pool.table_word,), pool.table):
        if len(row.levels) != 1 or row.tail is not None:
            yield Finding(path, "levels have no meaning here", "give one value")


def _rows(path: Path, table: LevelTable | ByKey | None) -> Iterator[tuple[Path, LevelTable]]:
    if isinstance(table, LevelTable):
        yield path, table
    elif table is not None:
        yield from (((*path, *keys), row) for keys, row in table.leaves())


def _keys_do_not_ascend(pool: Pool, scope: Scope) -> Found:
    if pool.open_to != "key_and_higher" or not isinstance(pool.table, ByKey):
        return
    place = ("rates",) if pool.rates is not None else ("amounts",)
    if pool.rates_by.startswith("member."):
        yield Finding(("open_to",), "texts of a field have no order", "use open_to: key")
    elif pool.rates_by in RANK_COLUMNS:
        numbers = [scope.ranks.get(key, 0) for key in pool.table.rows]
        if any(above <= below for below, above in pairwise(numbers)):
            yield Finding(place, "the ranks do not ascend", "write the lowest rank first")


def _more_than_the_whole(pool: Pool) -> Found:
    """Yield pools that promise more than 100 % of their base without saying so."""
    if pool.rates is None:
        return
    for path, row in _rows(("rates",), pool.rates):
        if sum(row.levels) > 1:
            yield Finding(path, "the pool is more than what it is a part of", "write at most 100%")
    if pool.weights is not None and pool.weights_on == "share" and pool.over_pool is None and pool.rest != "shared":
        hint = "say over_pool: scaled, or over_pool: paid"
        yield Finding(("weights_on",), "multiplied shares can be more than the pool", hint)


def _places_make_no_sense(pool: Pool, path: Path, row: LevelTable) -> Found:
    if row.tail is not None or not row.levels:
        yield Finding(path, "a list of places ends", "give the share of each place")
    total: Decimal | int = sum(row.levels)
    if total > 1 and pool.over_pool is None and pool.rest != "shared":
        hint = "let them add up to at most 100%, or say over_pool: scaled, or over_pool: paid"
        yield Finding(path, f"the places get {percent(Decimal(total))} of the pool", hint)
    if any(value < 0 for value in row.levels):
        yield Finding(path, "the share of a place is negative", "write it without the sign")
    if any(below > above for above, below in pairwise(row.levels)):
        yield Finding(path, "a lower place gets more than a higher one", "write the share of the first place first")
