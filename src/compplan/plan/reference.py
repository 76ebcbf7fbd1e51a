"""The reference of the plan language in Markdown, made from the models that read the plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compplan.bonuses.base import Bonus, kinds
from compplan.bonuses.upward import Upward
from compplan.plan import reference_examples as ex
from compplan.plan import requirement as req
from compplan.plan import sections as sec
from compplan.plan.currencies import Currency
from compplan.plan.field_words import default_words, type_words
from compplan.plan.limits import Limit
from compplan.plan.model import PlanModel
from compplan.plan.patch import Insert, Patch
from compplan.plan.payout import Deduction, Payout
from compplan.plan.values import Model
from compplan.plan.words import CALENDAR, RANK_COLUMNS, RESERVED, ROLES
from compplan.quantities.base import volume_kinds
from compplan.quantities.count import Count
from compplan.quantities.order_sum import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        _INTRODUCTION,
        _values(),
        _plan(),
        _volumes(),
        _counts(),
        _conditions(),
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
                made[name] = _model(models[name].__name__, models[name], level=3)
                waiting.append(made[name])
    return ["## Parts of rules", *(made[name] for name in sorted(made))] if made else []


def _below(model: type[BaseModel]) -> list[type[BaseModel]]:
    return [each for child in model.__subclasses__() for each in (child, *_below(child))]


_INTRODUCTION = """
# The plan language

Version 1. This page is made from the models that read plan files (`compplan.plan.reference`), so it names every word.
For a first plan see [the guide](guide.md), for what bonuses pay [their pages](bonuses/index.md).

A plan is one YAML file (YAML 1.2: only `true` and `false` are truth values, `010` is ten, and `NO` is a text). Words
that are not on this page are an error, and so is a key that stands twice. In the tables below, **needed** stands for a
field that cannot be left out, and - for one that is nothing when it is.
"""


def _values() -> str:
    rows = [
        ("name", "Small letters, digits and underscores, a letter first: `active_front`."),
        ("text", "Any text. With a `:` or `#` in it, or a comma inside of `[ ]` and `{ }`, it stands in quotes."),
        ("number", "An exact decimal: `1250.50`, `1_000`. At most 24 digits. It never becomes a binary float."),
        ("whole number", "`3`, without quotes."),
        ("rate", "Per cent, `5%`, or a fraction of one, `0.05`. More than the whole needs the sign: `150%`."),
        ("rates, amounts", "A [table](#tables) of rates, or of numbers."),
        ("span of time", "`60 days`, `3 calendar months` (to the same day), `3 month ends` (the third counts)."),
        ("condition", "See [conditions](#conditions)."),
    ]
    return f"""
## Values

{_table(("type", "what it is"), rows)}

### Tables

Rates and amounts can be one value, a list by level, or such a value or list for each key:

```yaml
rates: 5%                                # one
rates: [5%, 5%, 3%]                      # by level; nothing below the last
rates: [5%, 3%, 0.5% and deeper]         # the last goes on without end
rates:                                   # for each key; the field ending in `_by` says what the keys are
  silver: [5%, 3%]
  gold: [6%, 4%]
```

`rates_by` and `cap_by` can be a rank column ({_code(RANK_COLUMNS)}), a quantity, or `member.<field>`.
The keys are then ranks of the ladder; thresholds, lowest first, from which on a row applies; or texts of the member's
field. A member who has no row is paid nothing, and where the table is a cap, he has no cap.

In `unilevel`, `direct`, `fast_start`, `generation`, `matrix` and `retail` the rates can also go by what is paid on:
`orders.pack` is a text or a whole number of each order (and every order with another one is a payment of its own),
`order.pv` the volume `pv` of one whole order, with thresholds as keys and `payment: order` (a return has a volume
below zero, and takes back only where the table begins below zero); up a tree also `source.paid_as`, `source.pv` or
`source.member.country` for what the member has from whom the volume comes. Sources and orders without a row pay
nothing, and nothing is set aside for them.

`rates_by` can be a list; the table is then nested as deep, with the keys of the first on the outside:

```yaml
rates_by: [paid_as, lines]
rates:
  silver: {{1: 3%, 2: 5%}}                 # with one line, with two and more
  gold: {{1: 4%, 2: 6%, 3: 8%}}
```
"""


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
    sections = [_model(title, model, more, level=3) for title, (model, more) in parts.items()]
    return "\n\n".join(["## The file", _doc(PlanModel), _fields(PlanModel), _yaml(ex.HEAD), *sections])


def _volumes() -> str:
    kinds_of = [_model(f"`{word}`", model, level=3, example=model.example) for word, model in volume_kinds().items()]
    window = _model("Windows", Window, level=3, example=ex.WINDOW)
    selection = """
### Selections

`only` and `exclude` name columns of the orders table, each with a value or a list of values: a text, a whole number, a
number, or `true` or `false`. With `only`, an order counts if every column has one of its values; with `exclude`, if
none has. An empty field of the orders table is none of the values.
"""
    about = (
        "A volume is a named number of every member. Which kind it is, is told by the field that says where the number "
        f"comes from: {_code(volume_kinds())}. Volumes and [counts](#counts) are the quantities that rules speak of."
    )
    return "\n\n".join(["## Volumes", about, *kinds_of, window, selection.strip("\n")])


def _counts() -> str:
    return _model("Counts", Count, level=2, example=ex.COUNT)


def _conditions() -> str:
    return f"""
## Conditions

A condition is a short text that is true or false for every member:

{_yaml(ex.CONDITIONS)}

It may hold

- quantities and named conditions of the plan, and `days_in_period`;
- {_code(ROLES)}: what the members table says in the column of `members.kind`;
- {_code(CALENDAR)}: true in a period with which a month, quarter or year ends;
- {_code(RANK_COLUMNS)}: the rank earned this period, the highest ever held, a rank held by a rule,
  the one used for pay, last period's; and the ranks of the ladder to compare them with, as in `rank >= silver`;
- `member.<field>`, a column of the members table: true or false by itself, or a text to compare with `==`, `!=` or
  `in`; also with another field by `==` or `!=`, where an empty one is like no other:
  `member.enroller_id == member.sponsor_id`. A number of the members table is brought in as a volume,
  `{{member: column}}`;
- numbers, texts in quotes, `( )`, and the operators `and`, `or`, `not`, `>=`, `>`, `<=`, `<`, `==`, `!=`, `in`,
  `not in`;
- in computations also `+`, `-`, `*`, `/`, `min(a, b)`, `max(a, b)`. A division by zero gives 0.

Everything is exact, and nothing else gets through: no calls, no attributes, no code.

These words are taken, and so are Python's keywords; volumes, counts, conditions and ranks cannot be called so:
{_code(RESERVED)}. The column of `members.id` and `earned` are columns of every result.
"""


_OVER_TIME = """
The fields of `title` and of `held_rank`. [Time](time.md#ranks-over-time) shows them at work.
"""


def _ranks() -> str:
    forms = []
    for title, model in _REQUIREMENTS.items():
        short, spelled = ex.REQUIREMENTS[model.__name__]
        shown = "\n".join(f"- {_quoted(text)}" for text in short)
        same = "\n".join(f"- {text}" for text in spelled)
        forms.append(f"{_model(title, model, level=4)}\n\n{_yaml(shown)}\n\nSpelled out:\n\n{_yaml(same)}")
        if model is req.LegsRequirement:
            forms.append(_model("One entry of `legs`", req.LegsWith, level=5))
    about = """
The ladder goes from the lowest rank to the highest. Legs, frontline and downline may hold ranks that are decided in the
same period, also the rank itself: ranks are found from the bottom of the tree up.
"""
    requirements = """
### Requirements

A requirement is a short text, or the same spelled out as a mapping; programs write the latter. A text that has a comma
stands in quotes inside of `[ ]`.
"""
    return "\n\n".join(
        [
            _model("Ranks", sec.Ranks, about.strip("\n"), level=2, example=ex.RANKS),
            _model("One rank", sec.Rank, "A list stands for its `requires`.", level=3, example=ex.LADDER),
            requirements.strip("\n"),
            *forms,
            _model("Ranks over time", sec.HeldRank, _OVER_TIME, level=3, example=ex.HELD),
        ]
    )


def _bonuses() -> str:
    shared = "These fields are in every kind."
    walk = (
        "The kinds `direct`, `fast_start` and `unilevel` also share these. "
        "[Unilevel](bonuses/unilevel.md) explains them one by one."
    )
    above = {*Bonus.model_fields}
    parts = [
        "## Bonuses",
        _doc(Bonus),
        f"### All kinds\n\n{shared}\n\n{_fields(Bonus)}",
        f"### What goes up a tree\n\n{_doc(Upward)}\n\n{walk}\n\n{_fields(Upward, without=above)}",
    ]
    for kind, model in kinds().items():
        base: type[BaseModel] = Upward if issubclass(model, Upward) else Bonus
        own = [name for name, field in model.model_fields.items() if _is_own(base, name, field)]
        without = set(model.model_fields) - set(own)
        page = f"[More about it](bonuses/{kind.replace('_', '-')}.md)." if _is_built_in(model) else ""
        parts.append(_model(f"`{kind}`", model, page, level=3, example=model.example, without=without))
    return "\n\n".join(parts)


def _limits() -> str:
    more = "[More about them](limits.md)."
    return _model("Limits", Limit, more, level=2, example=ex.LIMITS)


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
    patch = _model("Patches", Patch, about.strip("\n"), level=2, example=ex.PATCH)
    return f"{patch}\n\n{_model('One insertion', Insert, level=3)}"


# ---- Markdown


def _model(
    title: str,
    model: type[BaseModel],
    more: str = "",
    *,
    level: int,
    example: str = "",
    without: Iterable[str] = (),
) -> str:
    parts = [f"{'#' * level} {title}", _doc(model), more, _yaml(example), _fields(model, without=without)]
    return "\n\n".join(part for part in parts if part)


def _doc(model: type[BaseModel]) -> str:
    """Return a model's docstring as flowing text."""
    paragraphs = (model.__doc__ or "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _fields(model: type[BaseModel], *, without: Iterable[str] = ()) -> str:
    gone = set(without)
    rows = [
        (f"`{field.alias or name}`", type_words(model, name), default_words(field), field.description or "")
        for name, field in model.model_fields.items()
        if name not in gone
    ]
    return _table(("field", "type", "default", "meaning"), rows) if rows else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *(tuple(_escaped(cell) for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(cell: str) -> str:
    """Return a text without signs that would be markup, those in code left alone."""
    parts = cell.split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))


def _yaml(text: str) -> str:
    return f"```yaml\n{text.strip(chr(10))}\n```" if text else ""


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else text


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
