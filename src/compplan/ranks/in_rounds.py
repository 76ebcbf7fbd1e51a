"""What of a ladder is measured by ranks that the sweep does not know, and so is found in rounds.

The sweep sees the ranks of those below in its own tree. A requirement that reads ranks in any other way is a column: it
is computed from the ranks of one round, and decides those of the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.quantities.roll_up import RollUp
from compplan.ranks.row import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compplan.plan.scope import Scope
    from compplan.ranks.row import Row

PAY_HINT = "for the pay of earlier periods use accumulate with this_period: false"
"""What to do instead where a rank would go by pay that needs the rank."""

WEEK_HINT = "weeks look at the ranks of the period: measure it over the whole period"
"""What to do instead where a rank would go by weeks that need the rank."""


def rank_tree(scope: Scope) -> str:
    """Return the tree that ranks are swept in."""
    ranks = scope.model.ranks
    return (ranks.tree if ranks else None) or scope.model.default_tree()


def in_rank_tree(rule: RollUp, scope: Scope) -> bool:
    """Tell whether the legs of a roll-up are those that ranks are counted in."""
    return rule.tree_of(scope) == rank_tree(scope)


def sums_by_rank(rule: RollUp, scope: Scope) -> bool:
    """Tell whether ranks decide what a roll-up sums, beside where it ends."""
    return scope.reads.needs_rank(rule.roll_up) or (
        rule.where is not None and scope.reads.expression_needs_rank(ex.parse(rule.where))
    )


def rank_asked(expr: ex.Expr, scope: Scope) -> str:
    """Return the rank that a condition asks for and nothing else, as the sweep sees ranks below; "" for others."""
    seen = "rank" if scope.model.ranks is None else scope.model.ranks.legs_hold
    while isinstance(expr, ex.Name) and expr.name in scope.model.conditions:
        expr = ex.parse(scope.model.conditions[expr.name])
    match expr:
        case ex.Compare(op=">=", left=ex.Name(name), right=ex.Name(rank)) if name == seen and rank in scope.ranks:
            return rank
    return ""


def rows_in_rounds(rows: Iterable[Row], scope: Scope) -> Iterator[Row]:
    """Yield the rows that are measured anew in each round."""
    known: dict[tuple[str, str], bool] = {}  # a measure comes again in many routes
    for row in rows:
        key = row.measure, row.name
        if key not in known:
            known[key] = _in_rounds(row, scope)
        if known[key]:
            yield row


def _in_rounds(row: Row, scope: Scope) -> bool:
    if row.measure in {"flag", "count"}:
        return scope.reads.expression_needs_rank(ex.parse(row.name))
    if row.measure in STATIC:
        return row.measure == "outside_legs" or scope.reads.needs_rank(row.name)
    rule = scope.rules.get(row.name)
    return isinstance(rule, RollUp) and sums_by_rank(rule, scope)


def demand_rounds(expr: ex.Expr, scope: Scope) -> None:
    """Raise for what no round can find: pay, and weeks, that wait for the ranks."""
    for name in sorted(ex.names(expr)):
        for read in sorted(scope.reads.before(name)):
            rule = scope.rules.get(read)
            paid = {each for _, bonus in (rule.bonuses() if rule else ()) for each in scope.reads.of_pay(bonus)}
            if any(each == "rank" or scope.reads.needs_rank(each) for each in paid):
                raise Hinted(f'"{expr}" depends on the ranks that it decides', PAY_HINT)
            lengths = {scope.lengths.of(read), scope.lengths.read_by(rule)} if rule else {"period"}
            if lengths != {"period"} and scope.reads.needs_rank(read):
                raise Hinted(f'"{expr}" depends on the ranks that it decides', WEEK_HINT)
