"""Conditions and computations: short texts over named quantities, read into a small typed tree.

The text is parsed with Python's own grammar and then held against a whitelist: names, numbers, texts,
comparisons, `and`, `or`, `not`, `in`, `+ - * /`, `min` and `max`. Nothing is ever executed.

`str` of an expression is its canonical text, which reads back as the same expression; `words` is for people.
The tree is the one form of a rule: the vector evaluation, the explanation of one member and the description
in plain language all read it.
"""

from compplan.plan.expression.nodes import (
    MIRRORED,
    Among,
    Arithmetic,
    Call,
    Compare,
    Expr,
    Field,
    Logic,
    Name,
    Not,
    Number,
    Of,
    Operator,
    Text,
    fields,
    grouped,
    names,
    others,
    walk,
    words,
)
from compplan.plan.expression.parsing import parse

__all__ = [
    "MIRRORED",
    "Among",
    "Arithmetic",
    "Call",
    "Compare",
    "Expr",
    "Field",
    "Logic",
    "Name",
    "Not",
    "Number",
    "Of",
    "Operator",
    "Text",
    "fields",
    "grouped",
    "names",
    "others",
    "parse",
    "walk",
    "words",
]
