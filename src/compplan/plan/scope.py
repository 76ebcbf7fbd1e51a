"""What the names of a plan mean: kinds, scales, and who reads whom.

A scope is built from a plan's model alone. The checks ask it whether the plan makes sense; the compiler asks
it for scales and for the order of passes. Scale is the number of digits after the point of a quantity, so
that a value is an integer divided by `10 ** scale`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from compplan.errors import did_you_mean
from compplan.plan import expression as ex
from compplan.plan.circles import limits_before, paid_first
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.source_keys import OF_ORDER, keys_of, their_axes
from compplan.plan.tables import ByKey, axes, names_of
from compplan.quantities.order_sum import OrderSum
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compplan.bonuses.base import Bonus
    from compplan.periods.parts import Length
    from compplan.plan.currencies import Currency
    from compplan.plan.model import PlanModel
    from compplan.quantities.base import Quantity

Kind = Literal["number", "flag", "rank", "text", "field"]

RANK_COLUMNS = ("rank", "title", "held_rank", "paid_as", "last_rank")
ROLES = ("is_distributor", "is_customer")
CALENDAR = ("month_ends", "quarter_ends", "year_ends")
"""True for everybody in a period with which a month, quarter or year ends."""

ORDERED_IN_WEEKS = "weeks:ordered"
"""The column of the state for who ordered before the weeks of a period begin."""

FLAGS = (*ROLES, *CALENDAR)
RESERVED = (
    *RANK_COLUMNS,
    *FLAGS,
    "days_in_period",
    "min",
    "max",
    "and",
    "or",
    "not",
    "in",
    "is",
    "none",
    "unpayable",
    "source",
    "earner",
)

_LENGTHS = ("period", "week", "day")

_EARNED = frozenset({"rank", "title", "held_rank", "paid_as"})
"""Columns that exist only after the rank pass; `paid_as` too, unless it is last period's rank."""


@dataclass(frozen=True)
class Scope:
    """The names of one plan."""

    model: PlanModel

    def __post_init__(self) -> None:
        object.__setattr__(self, "_scales", {})
        object.__setattr__(self, "_lengths", {})

    @property
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

    def tree(self, rule: Quantity) -> str:
        """Return the tree that a quantity is measured in."""
        return rule.tree_of(self)

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
        scales: dict[str, int] = self._scales  # type: ignore[attr-defined]
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

    def reads(self, name: str) -> set[str]:
        """Return the names that a quantity or condition reads directly (`rank` stands for the rank pass)."""
        if name in self.model.conditions:
            return self._expression_reads(ex.parse(self.model.conditions[name]))
        rule = self.rules.get(name)
        if rule is None:
            return set()
        later = rule.later()
        found = {target for field, target in rule.targets() if field not in later}
        for field, text in (*rule.texts(), *rule.computations()):
            if field not in later:
                found |= self._expression_reads(ex.parse(text))
        for _, bonus in rule.bonuses():
            found |= self.reads_of_pay(bonus)
        return found | ({self._producer(key) for key in rule.keys(self)} - {""})

    def reads_of_pay(self, name: str) -> set[str]:
        """Return the names that must be known before the pay of a bonus is, also for the bonuses that it reads."""
        found = {each for bonus in paid_first(name, self.model) for each in self._names_of_bonus(bonus)}
        if "paid_as" in found and self.model.ranks and not self.model.ranks.given:
            found.add("rank")  # even where it is the last rank, it is known with the others
        return {self._producer(each) for each in found} - {""}

    def _names_of_bonus(self, name: str) -> set[str]:
        """Return the quantities, conditions and rank columns that a bonus reads itself."""
        found = {read for _, read in self.model.bonuses[name].all_quantities()}
        for bonus in self.model.bonuses[name].variants().values():
            found |= {read for _, read in (*bonus.quantities(), *bonus.bonuses())}
            for _, text in bonus.texts():
                found |= ex.names(ex.parse(text))
            for _, by, table in bonus.tables():
                found |= {*names_of(by)} if isinstance(table, ByKey) else set()
            for field in bonus.model_fields_set:  # such as the `by` of a tier, which may be a rank column
                value = getattr(bonus, field)
                found |= {value} if isinstance(value, str) and value in RANK_COLUMNS else set()
        for limit in limits_before(name, self.model):
            found |= {limit.of or "", *(axes(limit.rates_by) if isinstance(limit.table, ByKey) else ())}
        return found

    def reads_pay(self, name: str) -> bool:
        """Tell whether a name goes by what bonuses pay in this period."""
        seen, stack = set(), [name]
        while stack:
            current = stack.pop()
            if current in self.rules and any(self.rules[current].bonuses()):
                return True
            if current not in seen:
                seen.add(current)
                stack += self.reads(current)
        return False

    def _expression_reads(self, expr: ex.Expr) -> set[str]:
        return {self._producer(n) for n in ex.names(expr)} - {""}

    def _producer(self, name: str) -> str:
        """Map a name to what must have run before it can be read; "" when it is always there."""
        ranks = self.model.ranks
        known = ranks is not None and (ranks.given or (name == "paid_as" and ranks.paid_as == "last_rank"))
        if name in _EARNED and not known:
            return "rank"
        return name if name in self.rules or name in self.model.conditions else ""

    def needs_rank(self, name: str) -> bool:
        """Tell whether a name can be known only after the rank pass."""
        seen, stack = set(), [name]
        while stack:
            current = stack.pop()
            if current == "rank":
                return True
            if current not in seen:
                seen.add(current)
                stack += self.reads(current)
        return False

    def expression_needs_rank(self, expr: ex.Expr) -> bool:
        """Tell whether an expression can be evaluated only after the rank pass."""
        return any(self.needs_rank(n) for n in self._expression_reads(expr))

    def all_reads(self, rule: Quantity) -> set[str]:
        """Return the names that a quantity reads directly, also those that it looks at only afterwards."""
        found = {*(target for _, target in rule.targets()), *rule.keys(self)}
        for _, text in (*rule.texts(), *rule.computations()):
            found |= ex.names(ex.parse(text))
        return found

    def length(self, name: str) -> Length:
        """Return how long a name is measured: the whole period, or each week or day of it."""
        lengths: dict[str, Length] = self._lengths  # type: ignore[attr-defined]
        if name not in lengths:
            lengths[name] = "period"  # what reads itself afterwards is as long as the rest of what it reads
            if name in self.model.conditions:
                lengths[name] = self.length_of(ex.names(ex.parse(self.model.conditions[name])))
            elif name in self.rules:
                lengths[name] = self.rules[name].length(self)
        return lengths[name]

    def length_of(self, names: Iterable[str]) -> Length:
        """Return how long what reads these names is measured."""
        return max((self.length(name) for name in names), key=_LENGTHS.index, default="period")

    def bonus_length(self, name: str) -> Length:
        """Return what a bonus is paid for: the period, or each week or day of it."""
        bonus = self.model.bonuses[name]
        return bonus.every or self.length_of(read for read in self.reads_of_bonus(bonus) if read in self.rules)

    def reads_of_bonus(self, bonus: Bonus) -> set[str]:
        """Return the names that a bonus reads: quantities, and what its conditions and tables name."""
        found = {read for _, read in bonus.all_quantities()}
        for _, text in bonus.texts():
            found |= ex.names(ex.parse(text))
        for _, by, _ in bonus.tables():
            found |= {key for key in names_of(by) if not key.startswith("member.")}
        return found

    def limit_length(self, name: str) -> Length:
        """Return over what a limit adds up: the period, or each week or day of it."""
        limit = self.model.limits[name]
        return self.common_length(limit.bonuses) if limit.of is None else self.length(limit.of)

    def common_length(self, bonuses: Iterable[str]) -> Length:
        """Return what bonuses are all paid for; the period, where that is not the same."""
        lengths = {self.bonus_length(bonus) for bonus in bonuses}
        return lengths.pop() if len(lengths) == 1 else "period"

    @property
    def lengths(self) -> set[Length]:
        """The lengths of all that the plan measures and pays."""
        names = (*self.rules, *self.model.conditions)
        return {*map(self.length, names), *map(self.bonus_length, self.model.bonuses)}

    def is_late(self, rule: Quantity | str) -> bool:
        """Tell whether something of a week waits for the ranks of the period, or for all its weeks."""
        first = [rule] if isinstance(rule, str) else self.all_reads(rule)
        return any(
            self._producer(name) == "rank"
            or (
                name in self.rules and self.length(name) == "period" != self.length_of(self.all_reads(self.rules[name]))
            )
            for start in first
            for name in self.closure(start)
        )

    def closure(self, name: str) -> set[str]:
        """Return a name with all that it reads, directly or not, now or afterwards."""
        seen: set[str] = set()
        stack = [name]
        while stack:
            current = stack.pop()
            if current in seen:
                continue
            seen.add(current)
            if current in self.model.conditions:
                stack += ex.names(ex.parse(self.model.conditions[current]))
            elif current in self.rules:
                stack += self.all_reads(self.rules[current])
        return seen
