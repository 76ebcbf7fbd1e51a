"""What in a source does not fit a pydantic model, as problems with their places.

Pydantic tells where an error is by a `loc`, which mixes keys of the data with labels of unions and of
validators. Here the `loc` is laid over the data, the labels fall out, and the rest has a place in the file.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from compplan.errors import Place, Problem, did_you_mean
from compplan.plan.located import Hinted, HintedGroup
from compplan.plan.marks import MISSING, child, dotted, value_at
from compplan.plan.model_walk import field_description, field_names, tags
from compplan.plan.sentences import Sentence, quoted_words, sentence, unknown_kind, wrong_type
from compplan.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from compplan.plan.marks import Path
    from compplan.plan.source import Source

# A label can have the name of a field, so a loc can be laid over the data in several ways; this bounds them.
_MOST_WAYS = 256
_KEY = "[key]"


class _Finding(Record):
    path: Path
    key: bool
    said: Sentence
    value: Any = None


def problems_of(errors: Iterable[Mapping[str, Any]], model_class: type[BaseModel], source: Source) -> list[Problem]:
    """Return the problems that pydantic's errors stand for, sorted by place."""
    findings = [found for one in errors for found in _findings(one, model_class, source.data)]
    problems = dict.fromkeys(_problem(found, source) for found in _without_union_noise(findings, source.data))
    return sorted(problems, key=_order)


def data_path(data: Any, loc: Iterable[Any]) -> Path:
    """Return the part of a model's path that exists in the data.

    Steps that the data does not have (labels of unions, fields that a validator filled in) are skipped.

    Examples
    --------
    >>> data_path({"ladder": {"silver": ["active"]}}, ("ladder", "silver", "requires", 0))
    ('ladder', 'silver', 0)
    """
    return next(_ways(data, tuple(loc)))[0]


def _ways(data: Any, loc: tuple[Any, ...]) -> Iterator[tuple[Path, Any, bool]]:
    """Yield the ways to lay a `loc` over data, fullest first: path, value, was the last step taken."""
    if not loc:
        yield (), data, True
        return
    key = _key_of(data, loc[0])
    if key is not None:
        for path, value, last in _ways(child(data, key), loc[1:]):
            yield (key, *path), value, last
    for path, value, last in _ways(data, loc[1:]):
        yield path, value, last and len(loc) > 1


def _key_of(data: Any, part: Any) -> Any:
    """Return the key that a step of a `loc` names; pydantic writes a decimal key as its `repr`."""
    if child(data, part) is not MISSING:
        return part
    if isinstance(data, dict):
        return next((key for key in data if part in (str(key), repr(key))), None)
    return None


def _path_of(error: Mapping[str, Any], loc: tuple[Any, ...], data: Any) -> Path:
    """Return the way that ends at the very input of the error, else one that takes the last step."""
    ways = list(islice(_ways(data, loc), _MOST_WAYS))
    given = error["input"]
    return max(ways, key=lambda way: (_same(way[1], given), way[2], len(way[0])))[0]


def _same(value: Any, given: Any) -> bool:
    if isinstance(value, (dict, list)):
        return value is given
    return type(value) is type(given) and bool(value == given)


def _findings(error: Mapping[str, Any], model_class: type[BaseModel], data: Any) -> Iterator[_Finding]:
    kind, loc = error["type"], error["loc"]
    if kind == "missing":
        yield _missing(error, model_class, data)
    elif kind == "extra_forbidden":
        hint = did_you_mean(str(loc[-1]), field_names(model_class, loc[:-1]))
        said = Sentence("unknown_field", f'unknown field "{loc[-1]}"', hint)
        yield _Finding(_path_of(error, loc, data), key=True, said=said)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        yield _wrong_kind(error, _path_of(error, loc, data), model_class)
    elif kind in ("value_error", "assertion_error"):
        yield from _rules(error, data)
    elif not _is_echo(error):
        path, of_key = _key_or_value(error, data)
        yield _Finding(path, of_key, sentence(error, _subject(path, data, of_key=of_key)), error["input"])


def _is_echo(error: Mapping[str, Any]) -> bool:
    """Tell whether a list is called too short only because items with problems were not counted."""
    return error["type"] == "too_short" and len(error["input"]) > int(error["ctx"]["actual_length"])


def _key_or_value(error: Mapping[str, Any], data: Any) -> tuple[Path, bool]:
    """Return the path, and whether the key there is meant (the input is then the key, not the value)."""
    loc = error["loc"]
    of_key = bool(loc) and loc[-1] == _KEY
    return (data_path(data, loc[:-1]) if of_key else _path_of(error, loc, data)), of_key


def _missing(error: Mapping[str, Any], model_class: type[BaseModel], data: Any) -> _Finding:
    *above, name = error["loc"]
    hint = field_description(model_class, tuple(above), str(name))
    path = _path_of(error, tuple(above), data)
    return _Finding(path, key=True, said=Sentence("missing_field", f'"{name}" is missing', hint))


def _wrong_kind(error: Mapping[str, Any], path: Path, model_class: type[BaseModel]) -> _Finding:
    context, value = error["ctx"], error["input"]
    field = context["discriminator"].strip("'")
    known = tags(model_class, error["loc"]) or quoted_words(context.get("expected_tags", ""))
    if "tag" not in context:
        hint = f"known: {', '.join(known)}" if known else ""
        return _Finding(path, key=True, said=Sentence("missing_field", f'"{field}" is missing', hint))
    said = unknown_kind(context["discriminator"], context["tag"], known)
    at = next((name for name in (field, context["tag"]) if child(value, name) is not MISSING), None)
    return _Finding(path if at is None else (*path, at), key=at != field, said=said)


def _rules(error: Mapping[str, Any], data: Any) -> Iterator[_Finding]:
    path, of_key = _key_or_value(error, data)
    raised = error["ctx"]["error"]
    for one in raised.errors if isinstance(raised, HintedGroup) else (raised,):
        if isinstance(one, Hinted):
            at = (*path, *data_path(value_at(data, path), one.at))
            yield _Finding(at, of_key or one.key, Sentence(one.code, one.message, one.hint))
        else:
            yield _Finding(path, of_key, Sentence("value", str(one)))


def _subject(path: Path, data: Any, *, of_key: bool) -> str:
    if not path:
        return "this file"
    if isinstance(path[-1], int) and isinstance(value_at(data, path[:-1]), list):
        name = f' of "{path[-2]}"' if len(path) > 1 else ""
        return f"item {path[-1] + 1}{name}"
    return f'the key "{path[-1]}"' if of_key else f'"{path[-1]}"'


def _without_union_noise(findings: Sequence[_Finding], data: Any) -> Iterator[_Finding]:
    """Leave out or join what the other members of a union say.

    Each member complains about a value that only one can take. Where one got further (a finding inside of
    the value, or one about what it means), the others' "should be ..." is noise; where none did, one sentence
    says what all of them take.
    """
    further = {found.path for found in findings if not found.said.expected and _is_of_value(found)}
    further |= {found.path[:end] for found in findings for end in range(len(found.path))}
    expected: dict[tuple[Path, bool], list[str]] = {}
    for found in findings:
        if found.said.expected:
            expected.setdefault((found.path, found.key), []).append(found.said.expected)
    for found in findings:
        wanted = expected.get((found.path, found.key), [])
        if not found.said.expected:
            yield found
        elif found.key or found.path not in further:
            yield _joined(found, wanted, data) if len(wanted) > 1 else found


def _is_of_value(found: _Finding) -> bool:
    return not found.key or found.said.code in ("missing_field", "unknown_kind")


def _joined(found: _Finding, wanted: list[str], data: Any) -> _Finding:
    said = wrong_type(_subject(found.path, data, of_key=found.key), wanted, found.value)
    return _Finding(found.path, found.key, said)


def _problem(found: _Finding, source: Source) -> Problem:
    """Give a finding its place: the key of a mapping or list, which may begin on a later line itself."""
    at_key = found.key or isinstance(value_at(source.data, found.path), (dict, list, type(None)))
    place = source.place(found.path, key=at_key)
    where = f"{dotted(found.path)}: " if place is None and found.path else ""
    return Problem(found.said.code, where + found.said.message, place, found.said.hint)


def _order(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return (place.file, place.line, place.column) if isinstance(place, Place) else ("", 0, 0)
