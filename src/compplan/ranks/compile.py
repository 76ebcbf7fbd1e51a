"""From the requirement table to the rank pass, and to the columns that it measures by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.program.tree_passes import CappedTotalPass
from compplan.quantities.roll_up import RollUp
from compplan.ranks.given import GivenRanksPass
from compplan.ranks.rank_pass import RankPass

if TYPE_CHECKING:
    from compplan.plan.sections import Ranks
    from compplan.program.builder import Builder
    from compplan.ranks.table import Row


def compile_ranks(builder: Builder, model: Ranks) -> None:
    """Add the pass that writes the rank columns, and before it the passes of what it reads."""
    wrote = tuple(name for name in builder.plan.scope.rank_columns if name != "last_rank")
    if model.given is not None:
        builder.add(GivenRanksPass(wrote, (model.given,), model.given))
        return
    table, tree = builder.plan.requirements, builder.tree(model.tree)
    columns = {row: _measured(builder, row, tree) for row in table.rows}
    totals = {
        row: (_total(builder, row, tree), _base(builder, row))
        for row in table.rows
        if row.measure in {"capped", "outside", "breakaway"}
    }
    also = {row.also: builder.condition(row.also) for row in table.rows if row.also}
    members = builder.condition(model.members)
    reads = {members, *filter(None, [*columns.values(), model.granted]), *also.values()}
    reads |= {c for pair in totals.values() for c in pair}
    builder.add(RankPass(wrote, tuple(sorted(reads)), tree, table, members, columns, totals, also))


def _measured(builder: Builder, row: Row, tree: str) -> str:
    """Return the column of a row that is known before the rank pass; "" for the others."""
    match row.measure:
        case "quantity":
            return builder.quantity(row.name)
        case "flag":
            return builder.condition(row.name)
        case "count":
            return builder.count(row.name, row.among, tree)
        case "capped_total":
            return _capped_total(builder, row)
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


def _total(builder: Builder, row: Row, tree: str) -> str:
    """Return the inclusive subtree sum that a row's legs are measured by."""
    return builder.subtree_sum(_base(builder, row), tree)


def _base(builder: Builder, row: Row) -> str:
    rule = builder.plan.scope.rules[row.name]
    assert isinstance(rule, RollUp)  # noqa: S101 - only roll-ups have legs
    return builder.masked(rule)
