"""Checking a plan alone. Nothing here needs the extra, so an editor can check at every save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.cli.console import say
from compplan.cli.files import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compplan.plan.load import Plan


def check_plan(plan: Path, patches: Sequence[Path] | None = None) -> None:
    """Load a plan, and say that it is well and what is in it."""
    tell_plan(load(plan, patches))


def tell_plan(plan: Plan) -> None:
    """Write one line about a plan without problems."""
    model = plan.model
    ranks = len(model.ranks.ladder) if model.ranks else 0
    parts = {"volume": len(model.volumes), "count": len(model.counts), "condition": len(model.conditions)}
    parts |= {"rank": ranks, "bonus": len(model.bonuses)}
    counted = ", ".join(f"{n} {word if n == 1 else _plural(word)}" for word, n in parts.items() if n)
    say(f"plan: no problems in {plan.name} ({counted or 'no rules'})")


def _plural(word: str) -> str:
    return f"{word}es" if word.endswith("s") else f"{word}s"
