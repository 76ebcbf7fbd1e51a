"""What kind of value an expression has, whether its parts fit together, and how many digits it needs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.plan.values import digits

if TYPE_CHECKING:
    from compplan.plan.scope import Kind, Scope


def natural_scale(expr: ex.Expr, scope: Scope) -> int:
    """Return the digits that the exact value of a computation needs."""
    match expr:
        case ex.Number():
            return digits(expr.value)
        case ex.Name():
            return scope.scale(expr.name)
        case ex.Of():
            return natural_scale(expr.item, scope)
        case ex.Arithmetic(op="*"):
            return natural_scale(expr.left, scope) + natural_scale(expr.right, scope)
        case ex.Arithmetic(op="/"):
            raise Hinted("a division may not end", "say how many digits count with decimals:")
        case ex.Arithmetic():
            return max(natural_scale(expr.left, scope), natural_scale(expr.right, scope))
        case ex.Call():
            return max(natural_scale(a, scope) for a in expr.arguments)
    raise Hinted(f'"{expr}" is not a number', "compute with numbers and quantities")


def kind_of(expr: ex.Expr, scope: Scope) -> Kind:
    """Return the kind of an expression; raise `Hinted` where its parts do not fit together."""
    match expr:
        case ex.Number():
            return "number"
        case ex.Text():
            return "text"
        case ex.Field():
            return "field"
        case ex.Name():
            return scope.kind(expr.name)
        case ex.Of(item=theirs):
            if isinstance(theirs, ex.Name) and (theirs.name in scope.ranks or theirs.name == "days_in_period"):
                raise Hinted(f'"{theirs}" is the same for every member', f"write {theirs} without {expr.who}.")
            return kind_of(theirs, scope)
        case ex.Compare():
            _comparable(expr, scope)
        case ex.Among():
            _among(expr, scope)
        case ex.Logic():
            for item in expr.items:
                demand_flag(item, scope)
        case ex.Not():
            demand_flag(expr.item, scope)
        case ex.Arithmetic() | ex.Call():
            if isinstance(expr, ex.Arithmetic) and expr.op == "/" and expr.right == ex.Number(Decimal(0)):
                raise Hinted(f'"{expr}" divides by zero', "divide by another number, or by a quantity")
            parts = expr.arguments if isinstance(expr, ex.Call) else (expr.left, expr.right)
            for part in parts:
                demand_number(part, scope)
            return "number"
    return "flag"


def demand_flag(expr: ex.Expr, scope: Scope) -> None:
    """Demand a condition: true or false."""
    if kind_of(expr, scope) not in {"flag", "field"}:
        ranked = isinstance(expr, ex.Name) and expr.name in scope.ranks
        hint = f"write rank >= {expr}" if ranked else "compare it, for example with >="
        raise Hinted(f'"{expr}" is not a condition', hint)


def demand_number(expr: ex.Expr, scope: Scope) -> None:
    """Demand a number."""
    if kind_of(expr, scope) != "number":
        hint = "bring the column in under volumes: {name: {member: column}}" if isinstance(expr, ex.Field) else ""
        raise Hinted(f'"{expr}" is not a number', hint)


def demand_one_member(expr: ex.Expr) -> None:
    """Demand that an expression speaks of no other member than the one at hand."""
    if found := sorted(ex.others(expr)):
        raise Hinted(f'"{found[0]}." has no meaning here', "it is a condition on one member")


def _comparable(expr: ex.Compare, scope: Scope) -> None:
    kinds = {kind_of(expr.left, scope), kind_of(expr.right, scope)}
    if kinds in ({"number"}, {"rank"}):
        return
    if kinds == {"field", "text"} and expr.op in {"==", "!="}:
        return
    if kinds == {"field"} and expr.left == expr.right:
        raise Hinted(f'"{expr}" compares a field with itself', "name another field, or a text in quotes")
    if kinds == {"field"} and expr.op in {"==", "!="}:  # two fields of one member, or one field of two members
        return
    if kinds in ({"field"}, {"field", "text"}):
        raise Hinted(f'"{expr}" orders texts', "compare texts with == or != only")
    if "field" in kinds and "number" in kinds:
        raise Hinted(
            f'"{expr}" compares a member field with a number',
            "bring the column in under volumes: {name: {member: column}}",
        )
    raise Hinted(f'"{expr}" compares a {" with a ".join(sorted(kinds))}', "compare like with like")


def _among(expr: ex.Among, scope: Scope) -> None:
    kinds = {kind_of(expr.item, scope), *(kind_of(v, scope) for v in expr.values)}
    if kinds not in ({"number"}, {"rank"}, {"field", "text"}):
        raise Hinted(f'"{expr}" mixes kinds', "list constants of the kind that is looked for")
