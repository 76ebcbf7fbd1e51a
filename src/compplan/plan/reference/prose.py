"""The chapters of the reference that no model tells: what values and conditions are."""

from __future__ import annotations

from compplan.plan.reference import examples as ex
from compplan.plan.reference import markdown as md
from compplan.plan.words import CALENDAR, RANK_COLUMNS, RESERVED, ROLES

INTRODUCTION = """
# The plan language

Version 1. This page is made from the models that read plan files (`compplan.plan.reference`), so it names every word.
For a first plan see [the guide](guide.md), for what bonuses pay [their pages](bonuses/index.md).

A plan is one YAML file (YAML 1.2: only `true` and `false` are truth values, `010` is ten, and `NO` is a text). Words
that are not on this page are an error, and so is a key that stands twice. In the tables below, **needed** stands for a
field that cannot be left out, and - for one that is nothing when it is.
"""


def values() -> str:
    """Return what types there are, and how tables are written."""
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

{md.table(("type", "what it is"), rows)}

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

`rates_by` and `cap_by` can be a rank column ({md.code(RANK_COLUMNS)}), a quantity, or `member.<field>`.
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


def conditions() -> str:
    """Return what a condition may hold, and which words are taken."""
    return f"""
## Conditions

A condition is a short text that is true or false for every member:

{md.yaml(ex.CONDITIONS)}

It may hold

- quantities and named conditions of the plan, and `days_in_period`;
- {md.code(ROLES)}: what the members table says in the column of `members.kind`;
- {md.code(CALENDAR)}: true in a period with which a month, quarter, half-year or year ends;
- {md.code(RANK_COLUMNS)}: the rank earned this period, the highest ever held, a rank held by a rule,
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
{md.code(RESERVED)}. The column of `members.id` and `earned` are columns of every result.
"""
