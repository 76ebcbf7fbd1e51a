"""What the names of a plan mean: kinds and scales; who reads whom, and how long things are measured.

A scope is built from a plan's model alone. The checks ask it whether the plan makes sense; the compiler asks
it for scales and for the order of passes. Scale is the number of digits after the point of a quantity, so
that a value is an integer divided by `10 ** scale`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from compplan.errors import did_you_mean
from compplan.plan.kept import Kept
from compplan.plan.lengths import Lengths
from compplan.plan.located import Hinted
from compplan.plan.reads import Reads
from compplan.plan.source_keys import OF_ORDER, keys_of, their_axes
from compplan.plan.words import FLAGS, ORDERED_IN_WEEKS, RANK_COLUMNS
from compplan.quantities.order_sum import OrderSum
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.base import Bonus
    from compplan.plan.currencies import Currency
    from compplan.plan.model import PlanModel
    from compplan.quantities.base import Quantity

Kind = Literal["number", "flag", "rank", "text", "field"]


class Scope:
    """The names of one plan."""

    def __init__(self, model: PlanModel) -> None:
        self.model = model
        self._scales: dict[str, int] = {}

    @cached_property
    def reads(self) -> Reads:
        """Who reads whom."""
        return Reads(self)

    @cached_property
    def lengths(self) -> Lengths:
        """How long everything is measured and paid for."""
        return Lengths(self)

    @cached_property
    def rules(self) -> dict[str, Quantity]:
        """All quantities by name."""
        return {**self.model.volumes, **self.model.counts}

    @property
    def order_sums(self) -> dict[str, OrderSum]:
        """The volumes that are summed from orders, by name."""
        return {name: rule for name, rule in self.model.volumes.items() if isinstance(rule, OrderSum)}

    @property
    def order_keys(self) -> dict[str, tuple[str, ...]]:
        """The columns of the orders that tables of bonuses have keys of, each with these keys."""
        found: dict[str, tuple[str, ...]] = {}
        for _, bonus in self.parts:
            for _, by, table in bonus.tables():
                for each, keys in zip(their_axes(by), keys_of(by, table, self), strict=True):
                    if each.startswith(OF_ORDER):
                        column = each.removeprefix(OF_ORDER)
                        found[column] = tuple(dict.fromkeys((*found.get(column, ()), *keys)))
        return found

    @property
    def pays_per_order(self) -> bool:
        """Whether some bonus pays order by order, so that orders need their ids."""
        return any(getattr(bonus, "payment", "") == "order" for bonus in self.model.bonuses.values())

    @property
    def ranks(self) -> dict[str, int]:
        """The ladder: name to rank number, 1 for the lowest; 0 means unranked."""
        ladder = self.model.ranks.ladder if self.model.ranks else {}
        return {name: index for index, name in enumerate(ladder, 1)}

    @property
    def floor(self) -> int:
        """The rank that every member who can hold ranks has without meeting anything; 0 for none."""
        ranks = self.model.ranks
        open_ = [not rank.requires for rank in ranks.ladder.values()] if ranks else []
        if ranks and ranks.gaps == "closed":
            return next((number for number, free in enumerate(open_) if not free), len(open_))
        return max((number for number, free in enumerate(open_, 1) if free), default=0)

    @property
    def rank_columns(self) -> tuple[str, ...]:
        """The rank columns that this plan has."""
        ranks = self.model.ranks
        return tuple(n for n in RANK_COLUMNS if ranks and (n != "held_rank" or ranks.held_rank))

    @property
    def words(self) -> list[str]:
        """Every name that a condition may use."""
        columns = self.rank_columns
        return [*self.rules, *self.model.conditions, *self.ranks, *columns, *FLAGS, "days_in_period"]

    @property
    def parts(self) -> list[tuple[str, Bonus]]:
        """The bonuses by name; one that has tables of single values comes once for each of their keys."""
        return [(name, each) for name, bonus in self.model.bonuses.items() for each in bonus.variants().values()]

    @property
    def currencies(self) -> dict[str, Currency]:
        """The currencies that somebody is paid in, the plan's own first."""
        model = self.model
        found = {model.currency.code: model.currency}
        for bonus in model.bonuses.values():
            for currency in bonus.currencies(model).values():
                found.setdefault(currency.code, currency)
        return found

    @property
    def kept(self) -> Iterator[Kept]:
        """The columns of the state that quantities and bonuses keep, beside those that every plan has."""
        if self.model.ranks:
            yield from self.model.ranks.kept()
        if any(rule.over and rule.first_order for rule in self.order_sums.values()):
            yield Kept(ORDERED_IN_WEEKS)  # weeks and months need not begin together
        for name, rule in self.rules.items():
            yield from rule.kept(name, self)
        for name, bonus in self.model.bonuses.items():
            for key, variant in bonus.variants().items():
                yield from variant.kept(f"{name} of {key}" if key else name, self)
        for name, limit in self.model.limits.items():
            yield from limit.kept(name, self)
        for code, currency in list(self.currencies.items())[1:]:
            yield Kept(f"balance:{code}", currency.decimals, money=True)

    def roll_up(self, name: str) -> RollUp:
        """Return the full-depth roll-up of that name, the only quantity that has legs."""
        rule = self.rules.get(name)
        if not isinstance(rule, RollUp) or not rule.has_legs:
            raise Hinted(f'"{name}" has no legs', "name a roll_up over the whole downline")
        return rule

    def kind(self, name: str) -> Kind:
        """Return what kind of value a name stands for."""
        if name in self.rules or name == "days_in_period":
            return "number"
        if name in self.model.conditions or name in FLAGS:
            return "flag"
        if name in self.ranks or name in self.rank_columns:
            return "rank"
        hint = "this plan has no ranks" if name in RANK_COLUMNS else did_you_mean(name, self.words)
        if name == "held_rank" and self.model.ranks:
            hint = "say how it falls: ranks: {held_rank: {falls_after: 3}}"
        raise Hinted(f'"{name}" is not known', hint)

    def scale(self, name: str) -> int:
        """Return the digits after the point of a quantity."""
        scales = self._scales
        if name not in scales:
            scales[name] = -1
            try:
                scales[name] = self.rules[name].scale(self) if name in self.rules else 0
            except Hinted:
                del scales[name]
                raise
        if scales[name] < 0:
            raise Hinted(f'"{name}" is made of itself', "break the circle")
        return scales[name]
