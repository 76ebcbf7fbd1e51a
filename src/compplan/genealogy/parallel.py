"""The same kernel on several ranges or trees at once: kernels hold no GIL, so plain threads are enough."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Job = TypeVar("Job")
    Result = TypeVar("Result")

LEAST = 1 << 16
"""Fewer elements than this are not worth a thread of their own."""


def ranges(count: int, threads: int) -> list[slice]:
    """Return at most `threads` ranges of about the same length that cover [0, count)."""
    parts = max(1, min(threads, count // LEAST))
    cuts = [count * part // parts for part in range(parts + 1)]
    return [slice(low, high) for low, high in pairwise(cuts)]


def in_threads(work: Callable[[Job], Result], jobs: Iterable[Job], threads: int) -> list[Result]:
    """Do every job, up to `threads` at a time; the results come in the order of the jobs.

    Each call has threads of its own, so that a job may call it again. Sweeps, of which a run has hundreds, take
    `volumes.sweep.in_threads`, which keeps its threads.
    """
    waiting = list(jobs)
    if threads <= 1 or len(waiting) <= 1:
        return [work(job) for job in waiting]
    with ThreadPoolExecutor(min(threads, len(waiting))) as pool:
        return list(pool.map(work, waiting))
