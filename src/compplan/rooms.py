"""Rooms whose modules are found by themselves: to add a kind is to add its file, and no list of files."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec


def open_room(name: str) -> None:
    """Import every module of a package of ours, in the order of their names; each registers what it brings.

    Parameters
    ----------
    name
        Such as `bonuses.kinds`.
    """
    from pkgutil import iter_modules  # noqa: PLC0415 - most plans name the few modules that they need

    package = import_module(f"compplan.{name}")
    for module in sorted(each.name for each in iter_modules(package.__path__)):
        import_module(f"{package.__name__}.{module}")


def in_room(name: str, module: str) -> bool:
    """Import one module of a package of ours, if it is there."""
    if not module.isidentifier() or find_spec(f"compplan.{name}.{module}") is None:
        return False
    import_module(f"compplan.{name}.{module}")
    return True
