"""From whole-number arrays to Arrow columns: ids in three styles, dictionaries, dates, exact decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.synthetic import synth_kernels as kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MONEY = pa.decimal128(12, 2)
ID_BITS = 63
DIGITS = {"M": 9, "O": 10}
LETTERS = tuple(DIGITS)


def stream(seed: int, name: int) -> Any:
    """Return the key of one of the seed's streams of draws, as a word that kernels take."""
    return kernels.wide(_mixed(_mixed(seed) + name))


def _mixed(number: int) -> int:
    word = (number + 0x9E37_79B9_7F4A_7C15) & (2**64 - 1)
    word = (word ^ (word >> 30)) * 0xBF58_476D_1CE4_E5B9 & (2**64 - 1)
    word = (word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB & (2**64 - 1)
    return word ^ (word >> 31)


def limits_of(shares: Sequence[int]) -> NDArray[np.uint64]:
    """Return shares of their sum as ascending limits below 2**32, the last one left out."""
    total = sum(shares)
    return np.array([(sum(shares[:k]) << 32) // total for k in range(1, len(shares))], np.uint64)


def permutation(n: int, key: Any) -> NDArray[np.int32]:
    """Return a permutation of the numbers below n that looks random."""
    out = np.empty(n, np.int32)
    bits = max(1, (n - 1).bit_length())
    kernels.permutation(key, kernels.wide((1 << bits) - 1), kernels.wide((bits + 1) // 2), out)
    return out


def ids(rows: NDArray[np.int32], style: str, letter: str, key: Any) -> pa.Array[Any]:
    """Return the ids of rows (-1: null): dense from 1, unique random, or a letter and a padded number."""
    if style == "text":
        return _texts(rows, letter)
    values = np.empty(rows.size, np.int64)
    if style == "random":
        mask = kernels.wide((1 << ID_BITS) - 1)
        kernels.scrambled(key, mask, kernels.wide(ID_BITS // 2 + 1), rows, values)
    else:
        np.add(rows, 1, out=values, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), rows.size, [_validity(rows), _buffer(values)])


def _texts(rows: NDArray[np.int32], letter: str) -> pa.Array[Any]:
    width = 1 + DIGITS[letter]
    data = np.empty((rows.size, width), np.uint8)
    kernels.text_ids(ord(letter), rows, data)
    offsets = np.arange(0, (rows.size + 1) * width, width, dtype=np.int64)
    buffers = [_validity(rows), _buffer(offsets), _buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), rows.size, buffers)


def _buffer(values: Any) -> pa.Buffer:
    return pa.py_buffer(values)


def _validity(codes: NDArray[Any]) -> pa.Buffer | None:
    known = codes >= 0
    return None if known.all() else _buffer(np.packbits(known, bitorder="little"))


def words(codes: NDArray[np.int8], names: Sequence[str]) -> pa.Array[Any]:
    """Return codes as a dictionary column of names (-1: null)."""
    index = pa.Array.from_buffers(pa.int8(), codes.size, [_validity(codes), _buffer(codes)])
    return pa.DictionaryArray.from_arrays(index, pa.array(names, pa.string()))


def dates(days: NDArray[np.int32]) -> pa.Array[Any]:
    """Return days since 1970-01-01 as dates."""
    return pa.Array.from_buffers(pa.date32(), days.size, [None, _buffer(days)])


def money(cents: NDArray[np.int32], product: NDArray[np.int8], per_mille: Sequence[int]) -> pa.Array[Any]:
    """Return a share of the amounts, by product class; exact, fractions of a cent cut off."""
    out = np.empty((cents.size, 2), np.int64)
    kernels.decimals(cents, product, np.array(per_mille, np.int64), out)
    return pa.Array.from_buffers(MONEY, cents.size, [None, _buffer(out)])
