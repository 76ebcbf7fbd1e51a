"""Conditions of one member, taken apart: every comparison with what it measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.money import from_fixed
from compplan.plan import expression as ex
from compplan.program import evaluate

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.program.work import Work


@dataclass(frozen=True)
class Gate:
    """One condition on the way to a payment, for one member.

    Attributes
    ----------
    code
        The name of the condition, or its text.
    measured, needed
        For comparisons of a quantity with a number; None otherwise.
    """

    code: str
    text: str
    met: bool
    measured: Decimal | None = None
    needed: Decimal | None = None

    def __str__(self) -> str:
        have = (
            f" ({self.measured:,f} of {self.needed:,f})"
            if self.measured is not None and self.needed is not None
            else ""
        )
        name = f"{self.code}: " if self.code != self.text and not self.code.startswith("(") else ""
        return f"{name}{self.text}{have}: {'met' if self.met else 'not met'}"


def gates(work: Work, expr: ex.Expr, position: int, code: str = "") -> list[Gate]:
    """Return the conjuncts of a condition for a member, looking through named conditions."""
    if isinstance(expr, ex.Logic) and expr.op == "and":
        return [gate for item in expr.items for gate in gates(work, item, position, code)]
    if isinstance(expr, ex.Name) and (text := work.plan.model.conditions.get(expr.name)) is not None:
        return gates(work, ex.parse(text), position, expr.name)
    met = bool(evaluate.condition(expr, work.at(position))[0])
    measured = needed = None
    if isinstance(expr, ex.Compare) and isinstance(expr.left, ex.Name) and isinstance(expr.right, ex.Number):
        name, needed = expr.left.name, expr.right.value
        measured = from_fixed(int(work.columns[name][position]), work.scales[name]) if name in work.scales else None
    return [Gate(code or str(expr), ex.words(expr), met, measured, needed if measured is not None else None)]
