"""Which columns of which tables a plan reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compplan.plan import expression as ex
from compplan.plan.tables import ByKey, axes, names_of
from compplan.quantities.company import Company
from compplan.quantities.member_column import MemberColumn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compplan.plan.scope import Scope

_MEMBER = "member."


def required_inputs(scope: Scope) -> dict[str, dict[str, str]]:
    """Return, for `members` and `orders`, the columns that are read and what each holds; `company` if it is read."""
    numbers = {
        name: f"number of the company with up to {digits} digits after the point"
        for name, digits in company_numbers(scope).items()
    }
    tables = {"members": _members(scope), "orders": _orders(scope)}
    return {**tables, "company": numbers} if numbers else tables


def company_numbers(scope: Scope) -> dict[str, int]:
    """Return the numbers of the company that a run must be given, and their digits."""
    found: dict[str, int] = {}
    for rule in scope.model.volumes.values():
        if isinstance(rule, Company):
            found[rule.company] = max(rule.decimals, found.get(rule.company, 0))
    return found


def member_fields(scope: Scope) -> dict[str, str]:
    """Return the member fields that conditions and tables read: column and kind (text, flag or instant)."""
    found = _fields_of_expressions(scope)
    found |= _texts(key for _, by, _ in scope.model.payout.tables() for key in axes(by))
    for rule in scope.rules.values():
        found |= dict(rule.fields())
    if scope.model.ranks is not None:
        found |= dict(scope.model.ranks.fields())
    for bonus in scope.model.bonuses.values():
        found |= _texts(key for _, by, _ in bonus.tables() for key in names_of(by))
        found |= _texts([bonus.cap_over or ""])
        if since := getattr(bonus, "qualified_since", None):
            found[since.removeprefix(_MEMBER)] = "instant"
    for limit in scope.model.limits.values():
        found |= _texts([limit.per, *([limit.rates_by] if isinstance(limit.table, ByKey) else [])])
    return found


def _fields_of_expressions(scope: Scope) -> dict[str, str]:
    """Return the fields that conditions read: texts where they are compared, truth values where they stand alone."""
    found: dict[str, str] = {}
    for expr in _expressions(scope):
        compared = _compared(expr)
        for column in sorted(ex.fields(expr)):
            found[column] = "text" if column in compared else found.get(column, "flag")
    return found


def _compared(expr: ex.Expr) -> set[str]:
    found = set()
    for node in ex.walk(expr):
        if isinstance(node, ex.Compare):
            sides = [side.item if isinstance(side, ex.Of) else side for side in (node.left, node.right)]
            found |= {side.column for side in sides if isinstance(side, ex.Field)}
        if isinstance(node, ex.Among):
            found |= ex.fields(node.item)
    return found


def _texts(keys: Iterable[str]) -> dict[str, str]:
    """Return the member fields among what tables go by: keys are texts."""
    return {key.removeprefix(_MEMBER): "text" for key in keys if key.startswith(_MEMBER)}


def needs_roles(scope: Scope) -> bool:
    """Tell whether rules tell distributors from customers (then the members' kind is read)."""
    for rule in scope.order_sums.values():
        if rule.credit == "distributor" or rule.buyers != "everyone" or rule.customer_share is not None:
            return True
    return any({"is_distributor", "is_customer"} & ex.names(expr) for expr in _expressions(scope))


def needs_enrolment(scope: Scope) -> bool:
    """Tell whether rules look at the enrolment date."""
    windows = [rule.window for rule in scope.order_sums.values() if rule.window]
    if any(w.from_enrolment or w.after_enrolment for w in windows):
        return True
    return any(
        getattr(bonus, "window", None) or getattr(bonus, "within", None) for bonus in scope.model.bonuses.values()
    )


def _expressions(scope: Scope) -> list[ex.Expr]:
    model = scope.model
    texts = list(model.conditions.values())
    for rule in scope.rules.values():
        texts += [text for _, text in (*rule.texts(), *rule.computations())]
    for bonus in model.bonuses.values():
        texts += [text for _, text in bonus.texts()]
    texts += [text for _, text in model.payout.texts()]
    if model.ranks:
        if model.ranks.members != "is_distributor":
            texts.append(model.ranks.members)
        texts += _requirement_texts(model.ranks.ladder.values())
    return [ex.parse(text) for text in texts]


def requirement_names(rank: Any) -> set[str]:
    """Return the names that the requirements of a rank read, their volumes included."""
    found = {name for text in _requirement_texts([rank]) for name in ex.names(ex.parse(text))}
    return found | _volumes([rank])


def _volumes(parts: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for part in parts:
        found |= {volume for name in ("volume", "of") if isinstance(volume := getattr(part, name, None), str)}
        for name in ("requires", "any", "all", "legs"):
            if not isinstance(deeper := getattr(part, name, ()), int):
                found |= _volumes(deeper)
    return found


def _requirement_texts(parts: Iterable[Any]) -> list[str]:
    """Collect the condition texts of requirements, however deep they are nested."""
    texts: list[str] = []
    for part in parts:
        texts += [text for name in ("condition", "holds") if (text := getattr(part, name, None)) is not None]
        for name in ("requires", "any", "all", "legs"):
            texts += _requirement_texts(getattr(part, name, ()))
    return texts


def _members(scope: Scope) -> dict[str, str]:
    model = scope.model
    columns = {model.members.id: "id of the member: whole number or text, unique"}
    for name, tree in model.trees.items():
        columns[tree.parent] = f'id of the parent in the tree "{name}"; empty for roots'
        if tree.side:
            columns[tree.side] = f'side below the parent in the tree "{name}": left or right, or a number from 0'
    if needs_roles(scope):
        kinds = ", ".join(model.members.distributors)
        columns[model.members.kind] = f"kind of member: {kinds} for distributors; any other text is a customer"
    if needs_enrolment(scope):
        columns[model.members.enrolled] = "date of enrolment"
    for name, rule in model.volumes.items():
        if isinstance(rule, MemberColumn):
            columns[rule.member] = f"exact number with up to {rule.decimals} digits after the point, for {name}"
    words = {"text": "text", "flag": "true or false", "instant": "date or instant"}
    for column, kind in member_fields(scope).items():
        columns[column] = words[kind]
    return columns


def _orders(scope: Scope) -> dict[str, str]:
    model = scope.model
    sums = scope.order_sums
    if not sums:
        return {}
    columns = {
        model.orders.member: "id of the buyer",
        model.orders.date: "date or instant that decides the period",
    }
    if model.orders.placed is not None:
        columns.setdefault(model.orders.placed, "date or instant that windows go by; empty where it is the same")
    if scope.pays_per_order or any(rule.first_order for rule in sums.values()):
        columns[model.orders.id] = "id of the order"
    for name, rule in sums.items():
        if rule.sum != "orders":
            column = rule.sum.removeprefix("orders.")
            columns[column] = f"exact number with up to {rule.decimals} digits after the point, for {name}"
        for column in (*rule.only, *rule.exclude):
            columns.setdefault(column, "what orders are selected by")
    for column in scope.order_keys:
        columns.setdefault(column, "text that rates go by")
    return columns
