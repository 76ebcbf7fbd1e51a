"""From the requirement table to the rank pass, and to the columns that it measures by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.program.tree_passes import CappedLegsPass, CappedTotalPass, RollUpPass
from compplan.quantities.roll_up import RollUp
from compplan.ranks.given import GivenRanksPass
from compplan.ranks.rank_pass import RankPass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compplan.plan.sections import Ranks
    from compplan.program.builder import Builder
    from compplan.program.passes import Pass
    from compplan.ranks.table import Row


def compile_ranks(builder: Builder, model: Ranks) -> None:
    """Add the pass that writes the rank columns, and before it the passes of what it reads.

    What it reads and what goes by ranks itself becomes a part of the pass, to be run in each round.
    """
    wrote = tuple(name for name in builder.plan.scope.rank_columns if name != "last_rank")
    if model.given is not None:
        builder.add(GivenRanksPass(wrote, (model.given,), model.given))
        return
    table, tree = builder.plan.requirements, builder.tree(model.tree)
    before, builder.passes, builder.ranking = builder.passes, [], True
    builder.known |= {*wrote}
    columns = {row: _measured(builder, row, tree) for row in table.rows}
    totals = {
        row: (_total(builder, row, tree), _base(builder, row))
        for row in table.rows
        if row.measure in {"capped", "capped_legs", "outside", "breakaway"}
    }
    also = {row.also: builder.condition(row.also) for row in table.rows if row.also}
    members = builder.condition(model.members)
    first, again = _parted(builder.passes, {*wrote} - ({"paid_as"} if model.paid_as == "last_rank" else set()))
    builder.passes, builder.ranking = [*before, *first], False
    reads = {members, *filter(None, [*columns.values(), model.granted]), *also.values()}
    reads |= {c for pair in totals.values() for c in pair} | {c for each in again for c in each.reads}
    writes = (*wrote, *(column for each in again for column in each.writes))
    reads -= {*writes}
    given = tree, table, members, columns, totals, also, again, model.rounds
    builder.add(RankPass(writes, tuple(sorted(reads)), *given))


def _parted(passes: Iterable[Pass], ranked: set[str]) -> tuple[list[Pass], tuple[Pass, ...]]:
    """Return the passes that go by no rank, and those that do, by these columns or by what is made of them."""
    first, again = [], []
    for each in passes:
        if ranked.isdisjoint(each.reads):
            first.append(each)
        else:
            again.append(each)
            ranked = ranked | {*each.writes}
    return first, tuple(again)


def _measured(builder: Builder, row: Row, tree: str) -> str:
    """Return the column of a row that is known before the rank pass; "" for the others."""
    match row.measure:
        case "quantity":
            return builder.quantity(row.name)
        case "flag":
            return builder.condition(row.name)
        case "count":
            return builder.count(row.name, row.among, row.tree or tree, row.enrolled_in)
        case "capped_total":
            return _capped_total(builder, row)
        case "capped_legs":
            return _capped_legs(builder, row)
        case "outside_legs":
            return _outside_legs(builder, row)
    return ""


def _capped_total(builder: Builder, row: Row) -> str:
    rule = builder.plan.scope.roll_up(row.name)
    tree = builder.tree(rule.tree)
    quantity, total = builder.quantity(row.name), builder.leg_total(row.name)
    name = f"{row.name} with legs at most {row.share}"
    if name not in builder.known:
        share = (row.share.numerator, row.share.denominator)
        builder.add(CappedTotalPass((name,), (quantity, total), tree, quantity, total, share))
    return name


def _capped_legs(builder: Builder, row: Row) -> str:
    total, base = _total(builder, row, row.tree), _base(builder, row)
    name = f"{row.name} with legs at most {row.cap}, own {row.own}"
    if name not in builder.known:
        reads = tuple(dict.fromkeys((total, base)))
        builder.add(CappedLegsPass((name,), reads, row.tree, total, base, row.cap, row.own))
    return name


def _outside_legs(builder: Builder, row: Row) -> str:
    model, rank = builder.plan.model.ranks, list(builder.plan.scope.ranks)[row.holds - 1]
    holds = f"{model.legs_hold if model else 'rank'} >= {rank}"
    rule, base = builder.plan.scope.roll_up(row.name), _base(builder, row)
    name = f"{row.name} outside legs with {holds}"
    if name not in builder.known:
        stop = builder.condition(holds)
        outside = rule.model_copy(update={"outside_legs_with": holds})
        builder.add(RollUpPass((name,), (base, stop), outside, row.tree, base, stop))
    return name


def _total(builder: Builder, row: Row, tree: str) -> str:
    """Return the inclusive subtree sum that a row's legs are measured by."""
    return builder.subtree_sum(_base(builder, row), row.tree or tree)


def _base(builder: Builder, row: Row) -> str:
    rule = builder.plan.scope.rules[row.name]
    assert isinstance(rule, RollUp)  # noqa: S101 - only roll-ups have legs
    return builder.masked(rule)
