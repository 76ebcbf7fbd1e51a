"""The one decorator of all kernels: compiled, without the GIL, cached where that is safe.

Numba stamps a cached kernel with its own file only. When a helper in another file changes, the cached caller
would keep the old machine code, also across an upgrade. So the cache of compplan lives in a folder that is named
by a digest of *all* kernel sources: other sources, other folder. A read-only install without a home directory
gets no cache instead of an error. See `docs/decisions/0004-kernel-cache.md`.
"""

from __future__ import annotations

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
def sources_digest() -> str:
    """Return a digest of all kernel sources: every file whose name ends in `kernels.py`, this one, and `money.py`.

    Kernels freeze the constants that they read at compile time; those of `money.py` are the rounding codes.
    """
    digest = hashlib.blake2b(Path(__file__).read_bytes(), digest_size=12)
    root = Path(__file__).parent
    for path in sorted([*root.rglob("*kernels.py"), *root.glob("money.py")]):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def cache_folder() -> str | None:
    """Return the folder of the kernel cache, or None where nothing can be written."""
    chosen = os.environ.get("COMPPLAN_CACHE_DIR") or config.CACHE_DIR
    try:
        base = Path(chosen) if chosen else Path("~/.cache/compplan").expanduser()
        folder = base / f"kernels-{sources_digest()}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, RuntimeError):
        return None
    return str(folder)


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as a kernel: `nogil`, cached by the digest of all kernel sources, never parallel.

    Without Numba's runtime (`_nrt`) a kernel cannot allocate, and counts no references to the arrays that it
    hands to helpers: that counting made some loops two to thirty times slower.
    """
    folder = cache_folder() if JIT else None
    before = config.CACHE_DIR
    try:
        config.CACHE_DIR = folder or before
        return numba.njit(nogil=True, cache=folder is not None, _nrt=False)(function)
    finally:
        config.CACHE_DIR = before


def inline(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small helper that is always inlined into the kernels that call it (it needs no cache)."""
    return numba.njit(inline="always")(function) if JIT else function
