"""Frozen values, in classes that take no time to make.

`dataclasses` writes and compiles the text of seven methods for each class: to make the thirty classes that a plan is
read into and checked with so took longer than to read and check it. Records share their methods.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform

_MISSING: Any = object()


@dataclass_transform(frozen_default=True)
class Record:
    """A frozen value: the annotations of its class are its fields, and what is assigned to them their defaults.

    Examples
    --------
    >>> class Leg(Record):
    ...     name: str
    ...     share: int = 1
    >>> Leg("left"), Leg("left") == Leg(name="left", share=1), Leg("left").but(share=2)
    (Leg(name='left', share=1), True, Leg(name='left', share=2))
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()
    _blank: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        cls.__match_args__ = tuple(cls.__annotations__)  # type: ignore[misc]  # mypy does so by itself
        cls._blank = {name: cls.__dict__.get(name, _MISSING) for name in cls.__match_args__}

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self.__match_args__
        given = {**self._blank, **dict(zip(fields, values, strict=False)), **named}
        twice = named.keys() & set(fields[: len(values)])
        if twice or max(len(values), len(given)) > len(fields) or _MISSING in given.values():
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(fields)}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(tuple(self._fields().values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._fields().items())})"

    def but(self, **changes: Any) -> Self:
        """Return this record with other values in some fields."""
        return type(self)(**{**self._fields(), **changes})

    def _fields(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self.__match_args__}  # and not what a property has cached
