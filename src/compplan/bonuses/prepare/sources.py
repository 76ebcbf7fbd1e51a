"""What goes up a tree: a volume of each source, or its orders one by one; shared by all kinds that climb."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.prepare.source_parts import ALL
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.program.tree_passes import OrdersPass
from compplan.quantities.order_sum import OrderSum
from compplan.volumes.orders.lines import order_lines
from compplan.volumes.orders.rules import rule_from_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.prepare.source_parts import OrderSize, SourcePart
    from compplan.genealogy.tree import Tree
    from compplan.program.builder import Builder
    from compplan.program.work import Work
    from compplan.volumes.orders.rules import OrderRule


@dataclass(frozen=True)
class Sources:
    """Where the volume of a walk comes from.

    Attributes
    ----------
    base
        The column of the volume, of those who count.
    rule
        Where each order is a payment, the rule that selects the orders.
    where
        The column of whose orders count, or None for all.
    tree
        The tree in which orders are credited.
    sizes
        Which sizes orders must have.
    part
        Where a bonus has several sources, which of them this is.
    """

    base: str
    rule: OrderRule | None = None
    where: str | None = None
    tree: str = ""
    sizes: tuple[OrderSize, ...] = ()
    part: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(filter(None, (self.base, self.where)))


def sources_of(
    of: str,
    builder: Builder,
    *,
    per_order: bool,
    where: str | None = None,
    window: Any = None,
    part: SourcePart = ALL,
) -> Sources:
    """Return where a volume comes from, with passes for what is new.

    Parameters
    ----------
    of
        The volume's name.
    per_order
        Whether each order is a payment.
    where
        Only volume of members who meet this condition.
    window
        Only orders of a span from the buyer's enrolment.
    part
        Only sources and orders of some keys.
    """
    counts = part.members(None if where is None else builder.condition(where), builder)
    rule = builder.plan.model.volumes.get(of)
    if not isinstance(rule, OrderSum) or (window is None and not per_order and not part.of_orders):
        return Sources(builder.only(builder.quantity(of), counts), part=part.name)
    orders, tree = part.orders(rule_from_model(of, rule, window)), builder.tree(rule.tree)
    if per_order:
        return Sources(builder.quantity(of), orders, counts, tree, part.sizes, part.name)
    name = f"{of} within {window} of enrolment{part.name}"
    if name not in builder.known:
        builder.add(OrdersPass((name,), ("orders",), (orders,), tree))
    return Sources(builder.only(name, counts))


@dataclass(frozen=True)
class Lines:
    """Orders as lines, those of each source together, in a tree's own order of sources.

    Attributes
    ----------
    start
        int64[n + 1]: the lines of source i are start[i]:start[i + 1].
    value, time
        int64[m]: what is paid on, and when the order was placed.
    order
        int64[m]: the row of the orders table.
    """

    start: NDArray[np.int64]
    value: NDArray[np.int64]
    time: NDArray[np.int64]
    order: NDArray[np.int64]


def lines_of(sources: Sources, work: Work, tree: Tree, bonus: str) -> Lines:
    """Return the orders of a bonus as lines; kept for explanations."""
    name = bonus + sources.part
    if name not in work.lines:
        work.lines[name] = _lines_of(sources, work, tree)
    found: Lines = work.lines[name]
    return found


def _lines_of(sources: Sources, work: Work, tree: Tree) -> Lines:
    assert sources.rule is not None and work.orders is not None  # noqa: S101, PT018 - asked for only then
    found = order_lines(sources.rule, work.orders, work.people(sources.tree))
    take, start = _regrouped(found.start, tree.to_primary)
    value = found.value[take]
    if sources.where is not None:
        where = work.columns[sources.where]
        counts = where if tree.to_primary is None else where[tree.to_primary]
        value = np.where(np.repeat(counts, np.diff(start)), value, 0)
    order = found.order[take].astype(np.int64)
    for size in sources.sizes:
        value = np.where(size.has(work, order), value, 0)
    return Lines(start, value, found.time[take], order)


def _regrouped(
    start: NDArray[np.int64], order: NDArray[np.int32] | None
) -> tuple[NDArray[np.int64] | slice, NDArray[np.int64]]:
    """Bring groups of lines into another order of members: which line goes where, and the new starts."""
    if order is None:
        return slice(None), start
    sizes = np.diff(start)[order]
    new = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    take = np.repeat(start[:-1][order] - new[:-1], sizes) + np.arange(new[-1])
    return take, new


def beyond_the_end(work: Work, whole: str, cut: str, sources: Sources, bonus: str, position: int) -> Outcomes:
    """Explain the sources below a member from which nothing comes to him: somebody between was the last."""
    tree, ends = work.tree(whole), work.tree(cut)
    own, head = tree.own(position), ends.own(position)
    below = np.arange(own + 1, int(tree.end[own]), dtype=np.int32)
    below = below if tree.to_primary is None else tree.to_primary[below]
    place = below if ends.from_primary is None else ends.from_primary[below]
    far = below[(place < head) | (place >= ends.end[head])]
    if sources.rule is None:
        source, base, line = far, work.columns[sources.base][far], np.full(far.size, -1, np.int64)
    else:
        lines = lines_of(sources, work, ends, bonus)
        place = far if ends.from_primary is None else ends.from_primary[far]
        count = lines.start[place + 1] - lines.start[place]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        at = np.repeat(lines.start[place], count) + offset
        source, base, line = np.repeat(far, count), lines.value[at], lines.order[at]
    some = base != 0
    size, none = int(some.sum()), np.zeros(int(some.sum()), np.int64)
    reason = np.full(size, CODES[Reason.GROUP_ENDED], np.int8)
    return Outcomes(source[some], line[some], none.astype(np.int32), base[some], none, reason)


def joined(*parts: Outcomes) -> Outcomes:
    """Return the entries of all."""
    names = [each.name for each in fields(Outcomes)]
    return Outcomes(*(np.concatenate([getattr(each, name) for each in parts]) for name in names))
