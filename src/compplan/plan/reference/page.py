"""The reference of the plan language in Markdown, made from the models that read the plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compplan.bonuses.base import Bonus
from compplan.bonuses.registry import kinds
from compplan.bonuses.upward import Upward
from compplan.plan import requirement as req
from compplan.plan import sections as sec
from compplan.plan.currencies import Currency
from compplan.plan.limits import Limit
from compplan.plan.model import PlanModel
from compplan.plan.patch import Insert, Patch
from compplan.plan.payout import Deduction, Payout
from compplan.plan.reference import examples as ex
from compplan.plan.reference import markdown as md
from compplan.plan.reference.prose import INTRODUCTION, conditions, values
from compplan.plan.values import Model
from compplan.quantities.base import volume_kinds
from compplan.quantities.count import Count
from compplan.quantities.order_sum import Window

if TYPE_CHECKING:
    from pydantic import BaseModel

_REQUIREMENTS: dict[str, type[BaseModel]] = {
    "A condition": req.ConditionRequirement,
    "Rolled-up volume": req.VolumeRequirement,
    "Legs": req.LegsRequirement,
    "Members": req.MembersRequirement,
    "Alternatives": req.AnyRequirement,
    "Groups": req.AllRequirement,
}


def reference() -> str:
    """Return the reference of the plan language: every section, field, type, default and form.

    Examples
    --------
    >>> reference().splitlines()[0]
    '# The plan language'
    """
    parts = (
        INTRODUCTION,
        values(),
        _plan(),
        _volumes(),
        _counts(),
        conditions(),
        _ranks(),
        _bonuses(),
        _limits(),
        _patches(),
    )
    page = "\n\n".join(part.strip("\n") for part in parts)
    return "\n\n".join([page, *_smaller_parts(page)]) + "\n"


def _smaller_parts(page: str) -> list[str]:
    """Return sections for models that some field links to and that no section above shows, by their names."""
    models = {model.__name__.lower(): model for model in _below(Model)}
    titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    shown = {re.sub(r"[^a-z0-9_ -]", "", title.lower()).replace(" ", "-") for title in titles}
    made: dict[str, str] = {}
    waiting = [page]
    while waiting:
        for name in re.findall(r"\]\(#([a-z0-9_-]+)\)", waiting.pop()):
            if name in models and name not in shown and name not in made:
                made[name] = md.section(models[name].__name__, models[name], level=3)
                waiting.append(made[name])
    return ["## Parts of rules", *(made[name] for name in sorted(made))] if made else []


def _below(model: type[BaseModel]) -> list[type[BaseModel]]:
    return [each for child in model.__subclasses__() for each in (child, *_below(child))]


def _plan() -> str:
    parts: dict[str, tuple[type[BaseModel], str]] = {
        "Currency": (
            Currency,
            "A code alone has the digits of ISO 4217: `currency: JPY` is `currency: {code: JPY, decimals: 0}`.",
        ),
        "Rounding": (sec.Rounding, ""),
        "Members": (sec.Members, ""),
        "Orders": (sec.Orders, ""),
        "Trees": (sec.Tree, ""),
        "Weeks": (sec.Weeks, "[Time](time.md#weeks-inside-a-month) shows how weeks run inside a longer period."),
        "Years": (sec.Years, "[Time](time.md#fiscal-years) shows what goes by them."),
        "Payout": (Payout, ""),
        "Deductions": (Deduction, ""),
    }
    sections = [md.section(title, model, more, level=3) for title, (model, more) in parts.items()]
    return "\n\n".join(["## The file", md.told(PlanModel), md.fields(PlanModel), md.yaml(ex.HEAD), *sections])


def _volumes() -> str:
    known = volume_kinds()
    sections = [md.section(f"`{word}`", model, level=3, example=model.example) for word, model in known.items()]
    window = md.section("Windows", Window, level=3, example=ex.WINDOW)
    selection = """
### Selections

`only` and `exclude` name columns of the orders table, each with a value or a list of values: a text, a whole number, a
number, or `true` or `false`. With `only`, an order counts if every column has one of its values; with `exclude`, if
none has. An empty field of the orders table is none of the values.
"""
    about = (
        "A volume is a named number of every member. Which kind it is, is told by the field that says where the number "
        f"comes from: {md.code(known)}. Volumes and [counts](#counts) are the quantities that rules speak of."
    )
    return "\n\n".join(["## Volumes", about, *sections, window, selection.strip("\n")])


def _counts() -> str:
    return md.section("Counts", Count, level=2, example=ex.COUNT)


_OVER_TIME = """
The fields of `title` and of `held_rank`. [Time](time.md#ranks-over-time) shows them at work.
"""


def _ranks() -> str:
    about = """
The ladder goes from the lowest rank to the highest. Legs, frontline and downline may hold ranks that are decided in the
same period, also the rank itself: ranks are found from the bottom of the tree up.
"""
    requirements = """
### Requirements

A requirement is a short text, or the same spelled out as a mapping; programs write the latter. A text that has a comma
stands in quotes inside of `[ ]`. So `["1 leg with gold, 2 legs with silver"]` asks for three legs, while
`[1 leg with gold, 2 legs with silver]` is two requirements, which two legs fulfil if one of them holds a gold.
"""
    return "\n\n".join(
        [
            md.section("Ranks", sec.Ranks, about.strip("\n"), level=2, example=ex.RANKS),
            md.section("One rank", sec.Rank, "A list stands for its `requires`.", level=3, example=ex.LADDER),
            requirements.strip("\n"),
            *(_requirement(title, model) for title, model in _REQUIREMENTS.items()),
            md.section("Ranks over time", sec.HeldRank, _OVER_TIME, level=3, example=ex.HELD),
        ]
    )


def _requirement(title: str, model: type[BaseModel]) -> str:
    short, same = ex.REQUIREMENTS[model.__name__]
    shown = md.yaml("\n".join(f"- {md.quoted(text)}" for text in short))
    spelled = md.yaml("\n".join(f"- {text}" for text in same))
    parts = [md.section(title, model, level=4), shown, "Spelled out:", spelled]
    if model is req.LegsRequirement:
        parts.append(md.section("One entry of `legs`", req.LegsWith, level=5))
    return "\n\n".join(parts)


def _bonuses() -> str:
    shared = "These fields are in every kind."
    walk = (
        "The kinds `direct`, `fast_start` and `unilevel` also share these. "
        "[Unilevel](bonuses/unilevel.md) explains them one by one."
    )
    above = {*Bonus.model_fields}
    parts = [
        "## Bonuses",
        md.told(Bonus),
        f"### All kinds\n\n{shared}\n\n{md.fields(Bonus)}",
        f"### What goes up a tree\n\n{md.told(Upward)}\n\n{walk}\n\n{md.fields(Upward, without=above)}",
    ]
    for kind, model in kinds().items():
        base: type[BaseModel] = Upward if issubclass(model, Upward) else Bonus
        own = [name for name, field in model.model_fields.items() if _is_own(base, name, field)]
        without = set(model.model_fields) - set(own)
        page = f"[More about it](bonuses/{kind.replace('_', '-')}.md)." if _is_built_in(model) else ""
        parts.append(md.section(f"`{kind}`", model, page, level=3, example=model.example, without=without))
    return "\n\n".join(parts)


def _limits() -> str:
    more = "[More about them](limits.md)."
    return md.section("Limits", Limit, more, level=2, example=ex.LIMITS)


def _is_own(base: type[BaseModel], name: str, field: Any) -> bool:
    """Tell whether a kind adds a field to those that it shares, or says something else of it (as of `kind`)."""
    return name not in base.model_fields or repr(base.model_fields[name]) != repr(field)


def _is_built_in(model: type[BaseModel]) -> bool:
    return model.__module__.startswith("compplan.bonuses.")


def _patches() -> str:
    about = """
It is a file of its own. Paths are written with dots; `0` is the first item of a list, and a key that holds a dot stands
in double quotes: `rates."2.5"`. All paths of one patch speak of the plan before the patch.
"""
    patch = md.section("Patches", Patch, about.strip("\n"), level=2, example=ex.PATCH)
    return f"{patch}\n\n{md.section('One insertion', Insert, level=3)}"
