"""The one decorator of all kernels: compiled, without the GIL, cached where that is safe.

Numba stamps a cached kernel with its own file only. When a helper in another file changes, the cached caller
would keep the old machine code, also across an upgrade. So the cache of a kernel lives in a folder that is named by a
digest of its file and of every file of compplan that this one imports, directly or not: other sources, other folder.
A read-only install without a home directory gets no cache instead of an error. See
`docs/decisions/0004-kernel-cache.md`.
"""

from __future__ import annotations

import ast
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
from numba import config

if TYPE_CHECKING:
    from collections.abc import Callable

JIT = not config.DISABLE_JIT


@cache
def sources_digest(path: Path) -> str:
    """Return a digest of a file and of all of compplan that it imports when it runs; kernels freeze constants too."""
    digest, files, seen = hashlib.blake2b(digest_size=12), [path], set[Path]()
    while files:
        file = files.pop()
        if file not in seen:
            seen.add(file)
            files += _imported(file)
    for file in sorted(seen):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    """Return the files of our package that a file imports, whatever its imports look like."""
    root, found = Path(__file__).parents[1], []
    for node in ast.walk(ast.parse(path.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [module, *(f"{module}.{each.name}" for each in node.names)]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        found += [root.joinpath(*name.split(".")).with_suffix(".py") for name in names if name.startswith("compplan")]
    return tuple(file for file in found if file.is_file())


@cache
def cache_folder(path: Path) -> str | None:
    """Return the folder of the kernel cache of a file, or None where nothing can be written."""
    chosen = os.environ.get("COMPPLAN_CACHE_DIR") or config.CACHE_DIR
    try:
        base = Path(chosen) if chosen else Path("~/.cache/compplan").expanduser()
        folder = base / f"kernels-{sources_digest(path)}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, RuntimeError):
        return None
    return str(folder)


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as a kernel: `nogil`, cached by the digest of its sources, never parallel.

    Without Numba's runtime (`_nrt`) a kernel cannot allocate, and counts no references to the arrays that it
    hands to helpers: that counting made some loops two to thirty times slower.
    """
    folder = cache_folder(Path(function.__code__.co_filename)) if JIT else None
    before = config.CACHE_DIR
    try:
        config.CACHE_DIR = folder or before
        return numba.njit(nogil=True, cache=folder is not None, _nrt=False)(function)
    finally:
        config.CACHE_DIR = before


def inline(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small helper that is always inlined into the kernels that call it (it needs no cache)."""
    return numba.njit(inline="always")(function) if JIT else function
