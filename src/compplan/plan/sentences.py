"""Pydantic's findings as sentences for somebody who writes plans."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compplan.errors import did_you_mean
from compplan.plan.currencies import CODE, CODE_HINT
from compplan.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = "a number"
_WHOLE = "a whole number"
_LIST = "a list"
_TRUTH = "true or false"

# Pydantic's error types of values that are of the wrong kind altogether, by what was expected.
_TYPES = {
    "text": ("string_type", "string_sub_type"),
    _TRUTH: ("bool_type", "bool_parsing"),
    _WHOLE: ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    _NUMBER: ("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"),
    _LIST: ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"),
    "a mapping (name: value)": ("dict_type", "mapping_type", "model_type", "model_attributes_type"),
    "a date such as 2026-03-31": ("date_type", "date_parsing", "date_from_datetime_parsing"),
    "empty": ("none_required",),
}
_EXPECTED = {kind: expected for expected, kinds in _TYPES.items() for kind in kinds}
_LIMITS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "decimal_max_places": "a number with at most {decimal_places} decimal places",
    "decimal_max_digits": "a number with at most {max_digits} digits",
    "decimal_whole_digits": "a number with at most {whole_digits} digits before the point",
}
_LENGTHS = {
    "too_short": "at least {min_length} items",
    "too_long": "at most {max_length} items",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
}
_FORMS = {
    "^[a-z][a-z0-9_]*$": "small letters, digits and underscores, a letter first",
    CODE: CODE_HINT,
    r"^member\.\w+$": "member. and a column of the members table, such as member.enrolled_on",
}
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_GROUPED = re.compile(r"[0-9][0-9,_ ']*(\.[0-9]+)?")


class Sentence(Record):
    """A code, a sentence and a hint; `expected` is set if the value is of the wrong kind altogether."""

    code: str
    message: str
    hint: str = ""
    expected: str = ""


def describe(value: Any) -> str:
    """Say what was found.

    Examples
    --------
    >>> describe("half-up"), describe([1]), describe(None)
    ('the text "half-up"', 'a list', 'nothing')
    """
    if isinstance(value, bool) or value is None:
        return "nothing" if value is None else str(value).lower()
    if isinstance(value, (int, Decimal)):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 60 else value[:57] + "..."}"'
    if isinstance(value, dict):
        return "a mapping"
    return _LIST if isinstance(value, (list, tuple)) else "something else"


def wrong_type(subject: str, expected: list[str], value: Any) -> Sentence:
    """Say that a value is of another kind than what is wanted."""
    wanted = " or ".join(dict.fromkeys(expected))
    hint = _type_hint(wanted, value)
    return Sentence("wrong_type", f"{subject} should be {wanted}, found {describe(value)}", hint, wanted)


def _type_hint(expected: str, value: Any) -> str:
    if expected == "text" and isinstance(value, bool):
        return f'name something or write a condition; "{describe(value)}" as a text stands in quotes'
    if expected == "text" and isinstance(value, (int, Decimal)):
        return "write it in quotes"
    if expected == _TRUTH and str(value).lower() in ("yes", "no", "on", "off", "y", "n"):
        return "YAML 1.2 reads yes, no, on and off as text"
    if expected in (_NUMBER, _WHOLE) and isinstance(value, str) and _GROUPED.fullmatch(value):
        return "write the digits without separators or quotes"
    return ""


def sentence(error: Mapping[str, Any], subject: str) -> Sentence:
    """Word one error of pydantic, other than missing and unknown fields and kinds."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind in _EXPECTED:
        return wrong_type(subject, [_EXPECTED[kind]], value)
    if kind in _LIMITS:
        limit = _LIMITS[kind].format(**context)
        return Sentence("out_of_bounds", f"{subject} should be {limit}, found {describe(value)}")
    if kind in ("literal_error", "enum"):
        return _not_among(subject, str(context["expected"]), value)
    if kind in _LENGTHS:
        return _wrong_length(subject, kind, context, value)
    if kind == "string_pattern_mismatch":
        return _wrong_form(subject, context["pattern"])
    return Sentence(kind, _as_said(error["msg"], subject), str(context.get("hint", "")))


def unknown_kind(discriminator: str, tag: str, known: list[str]) -> Sentence:
    """Say that a tagged union has no such kind."""
    what = discriminator.strip("'") if discriminator.startswith("'") else "form"
    return Sentence("unknown_kind", f'unknown {what} "{tag}"', did_you_mean(tag, known))


def quoted_words(text: str) -> list[str]:
    """Return the words between single quotes, as pydantic lists alternatives."""
    return _QUOTED.findall(text)


def _not_among(subject: str, expected: str, value: Any) -> Sentence:
    words = quoted_words(expected)
    if len(words) < 2 or not isinstance(value, str):
        return wrong_type(subject, [expected.replace("'", '"')], value)
    wanted = " or ".join(f'"{word}"' for word in words)
    return Sentence("unknown_word", f'{subject} cannot be "{value}"', did_you_mean(value, words), wanted)


def _wrong_length(subject: str, kind: str, context: Mapping[str, Any], value: Any) -> Sentence:
    if context.get("min_length") == 1:
        return Sentence("length", f"{subject} should not be empty")
    limit = _LENGTHS[kind].format(**context)
    return Sentence("length", f"{subject} should have {limit}, found {len(value)}")


def _wrong_form(subject: str, pattern: str) -> Sentence:
    return Sentence("form", f"{subject} does not have the form {pattern}", _FORMS.get(pattern, ""))


def _as_said(message: str, subject: str) -> str:
    if message.startswith("Input should "):
        return f"{subject} {message.removeprefix('Input ')}"
    return f"{subject}: {message[:1].lower()}{message[1:]}"
