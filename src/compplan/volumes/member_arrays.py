"""What the sweeps accept: arrays with one value per member, of exactly the right type."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.errors import Problem, UsageError
from compplan.genealogy.arrays import frozen
from compplan.memory import unwritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Array = NDArray[Any]

VOLUME = np.dtype(np.int64)
COUNT = np.dtype(np.int64)
FLAG = np.dtype(np.bool_)
INDEX = np.dtype(np.int32)


def member_arrays(
    tree: Tree,
    given: Mapping[str, tuple[Array, np.dtype[Any]]],
    wanted: Mapping[str, tuple[Array | None, np.dtype[Any]]],
) -> list[Array]:
    """Return the given arrays as kernels read them, then the wanted ones as kernels write them.

    Parameters
    ----------
    tree
        The tree whose members the arrays describe.
    given
        Inputs by name, each with the dtype that it must have.
    wanted
        Results by name, each with its dtype; None is replaced by a new array.

    Raises
    ------
    UsageError
        With one problem for each array that does not fit.
    """
    n = tree.depth.size
    checked = [misfit(name, array, dtype, n) for name, (array, dtype) in given.items()]
    checked += [misfit(name, array, dtype, n) for name, (array, dtype) in wanted.items() if array is not None]
    checked += [unwritable(name, array) for name, (array, _) in wanted.items() if array is not None]
    if problems := [problem for problem in checked if problem is not None]:
        raise UsageError(problems)
    made = iter(unwritten((n, dtype) for array, dtype in wanted.values() if array is None))
    results = [next(made) if array is None else array for array, _ in wanted.values()]
    return [*(as_input(array) for array, _ in given.values()), *results]


def as_input(array: Array) -> Array:
    """Return a contiguous read-only view, copied only where it must be."""
    as_it_is = array.flags.c_contiguous and array.flags.aligned
    return frozen(array if as_it_is else np.require(array, requirements=["C", "A"]))


def misfit(name: str, array: object, dtype: np.dtype[Any], n: int) -> Problem | None:
    """Return what is wrong with the shape or the type of an array, if anything."""
    if not isinstance(array, np.ndarray):
        return Problem("not_an_array", f"{name} must be a numpy array of {dtype}, not {type(array).__name__}")
    if array.shape != (n,):
        return Problem(
            "wrong_shape",
            f"{name} must have one value for each of {n} members, found shape {array.shape}",
            hint="give it in the tree's own order",
        )
    if array.dtype != dtype:
        whole = array.dtype.kind in "iub"
        hint = f"cast it with .astype(np.{dtype})" if whole else "give exact whole numbers"
        return Problem("wrong_dtype", f"{name} must be {dtype}, found {array.dtype}", hint=hint)
    return None


def unwritable(name: str, array: object) -> Problem | None:
    """Return why a kernel cannot write to an array, if it cannot."""
    if not isinstance(array, np.ndarray) or (array.flags.carray and array.flags.writeable):
        return None
    return Problem("unwritable", f"{name} must be a contiguous writable array")


def whole_number(name: str, value: int, low: int, high: int = 2**63 - 1) -> int:
    """Return a whole number between two bounds, both allowed.

    Raises
    ------
    UsageError
        If it is something else.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise UsageError(Problem("not_whole", f"{name} must be a whole number, found {value!r}")) from None
    if not low <= number <= high:
        raise UsageError(Problem("out_of_range", f"{name} must be between {low} and {high}, found {number}"))
    return number
