"""The same arguments give the same values for ever.

These pins protect reproducibility, not correctness: they say that a field made today is the field of
yesterday, on another machine, with other versions of Python, NumPy, Numba and Arrow, with and without JIT.
Whether the values are right is the business of the other tests here. A changed pin means that published
benchmarks, and tests that name a member of a synthetic field, no longer speak of the same field: tell it in
the changelog.
"""

from __future__ import annotations

import hashlib

import pytest

from compplan.synthetic import synth

PINS = {
    ("field", "int"): "238bbf96bbf8814e",
    ("field", "random"): "6417e3da78cd14c5",
    ("field", "text"): "7c1e255bbcb08991",
    ("spine", "int"): "77fc5478b4fe7c61",
    ("spine", "random"): "ad9edae2910a8901",
    ("spine", "text"): "6153a3d66eed1d91",
    ("chain", "int"): "43faa6ed1c5d72e7",
    ("chain", "random"): "97ec84fd9de47f04",
    ("chain", "text"): "a51fe3310b65dabe",
    ("star", "int"): "2b77ebe6efb831a6",
    ("star", "random"): "1b9d6e35bf23051b",
    ("star", "text"): "d4c632bb87585c63",
    ("binary", "int"): "39a5c016f3d8aa44",
    ("binary", "random"): "c226d4339c1ae2db",
    ("binary", "text"): "5166931c0f6440df",
    ("uniform", "int"): "11722f7d1b9873b4",
    ("uniform", "random"): "7b0a35cd23b587ba",
    ("uniform", "text"): "f15646d15718e23f",
}


def digest(field):
    """Hash names and values of both tables as text: nothing of how Arrow lays them out takes part."""
    hashed = hashlib.blake2b(digest_size=8)
    for table in field:
        for name in table.column_names:
            hashed.update(f"\n{name}:".encode())
            hashed.update(",".join(str(value) for value in table[name].to_pylist()).encode())
    return hashed.hexdigest()


@pytest.mark.parametrize(("shape", "ids"), PINS)
def test_pinned_field(shape, ids):
    assert digest(synth(300, shape=shape, ids=ids, trees=("enrollment", "binary"), seed=11)) == PINS[shape, ids]


def test_pinned_variants():
    assert digest(synth(300, shuffle=True)) == "f4dfedb35c902898"
    assert digest(synth(300, period="2026", customers=False)) == "9dbf2ba57e1dd912"
    assert digest(synth(300, seed=2**64 - 1, returns="0.25", orders_per_member="1.5")) == "928600efcc585b7c"


def test_pinned_larger_field():
    """Beyond the first thousand members, where recent recruits are drawn from a window."""
    assert digest(synth(3_000)) == "9e27328a37e9774e"


def test_twice_the_same():
    first, second = synth(300, ids="random"), synth(300, ids="random")
    assert first.members.equals(second.members)
    assert first.orders.equals(second.orders)
