"""The slow, obvious twin of the synthetic field: one member after another, in integers, lists and dicts.

It reads the calibration's tables, since they are data, and shares nothing else with the kernels.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from compplan.synthetic import calibration as cal

WORD = 2**64


def mix(number):
    """Return the output of splitmix64 for a state."""
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 % WORD
    number = (number ^ number >> 27) * 0x94D049BB133111EB % WORD
    return number ^ number >> 31


def key_of(seed, name):
    golden = 0x9E3779B97F4A7C15
    return mix((mix((seed + golden) % WORD) + name + golden) % WORD)


class Stream:
    """One stream of draws: 64 bits each, as a high and a low half."""

    def __init__(self, seed, name):
        self.key = key_of(seed, name)

    def bits(self, i):
        return mix((self.key + i * 0x9E3779B97F4A7C15) % WORD)

    def halves(self, i):
        return divmod(self.bits(i), 2**32)


def below(bits, n):
    """Return a number below n from 32 bits."""
    return bits * n // 2**32


def chosen(bits, shares):
    """Return the index of the share that 32 bits fall into."""
    total, upto = sum(shares), 0
    for index, share in enumerate(shares[:-1]):
        upto += share
        if bits < 2**32 * upto // total:
            return index
    return len(shares) - 1


def scrambled(x, key, bits, half):
    modulus = 2**bits
    x = ((x ^ key) % modulus) * 0x9E3779B97F4A7C15 % modulus
    x = (x ^ x >> half) * 0xBF58476D1CE4E5B9 % modulus
    x = (x ^ x >> half) * 0x94D049BB133111EB % modulus
    return x ^ x >> half


def permutation(n, key):
    bits = max(1, (n - 1).bit_length())
    result = []
    for i in range(n):
        x = scrambled(i, key, bits, (bits + 1) // 2)
        while x >= n:
            x = scrambled(x, key, bits, (bits + 1) // 2)
        result.append(x)
    return result


def months_before(end, months):
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    return date(year, month + 1, min(end.day, 28))


def enrolled(n, seed, end, *, customers):
    """Return (band, kind, day) of each member."""
    of_kind = cal.KIND_SHARES if customers else (1, 0, 0)
    groups = (cal.SELLERS, cal.CUSTOMERS, cal.CUSTOMERS)
    weights = [[s * g.members[b] for s, g in zip(of_kind, groups, strict=True)] for b in range(9)]
    total, upto, stream, result = sum(map(sum, weights)), 0, Stream(seed, 0), []
    for band, weight in enumerate(weights):
        start, upto = n * upto // total, upto + sum(weight)
        stop = n * upto // total
        first = months_before(end, cal.TENURE_MONTHS[band])
        days = (months_before(end, cal.TENURE_MONTHS[band + 1]) - first).days
        for i in range(start, stop):
            kind = chosen(stream.halves(i)[0], weight) if i else 0
            result.append((band, kind, first + timedelta((i - start) * days // (stop - start))))
    return result


def sponsors(n, seed, shape, kinds):
    stream, parents, tip = Stream(seed, 1), [-1] * min(n, 1), 0
    for i in range(1, n):
        high, low = stream.halves(i)
        if shape == "chain":
            parents.append(i - 1)
        elif shape == "star":
            parents.append(0)
        elif shape == "spine" and low < 2**32 // 10:
            parents.append(tip)
            tip = i
        elif shape != "field":
            parents.append(below(high, i))
        else:
            parent, tip = field_sponsor(i, high, low, parents, kinds, tip)
            parents.append(parent)
    return parents


def field_sponsor(i, high, low, parents, kinds, tip):
    sellers = [row for row in range(i) if kinds[row] == 0]
    part = Fraction(low, 2**32)
    if kinds[i] == 0 and part < Fraction(4, 1000):
        if part < Fraction(4, 1000) ** 2:
            tip = sellers[below(high, len(sellers))]
        return tip, i
    if part < Fraction(5, 100):
        return sellers[len(sellers) - 1 - below(high, min(len(sellers), 1000))], tip
    if part < Fraction(55, 100) and i > 1:
        return parents[1 + below(high, i - 1)], tip
    return sellers[below(high, len(sellers))], tip


def placed(seed, parents, kinds):
    """Return {member: (parent, side)}: down some steps at random, then straight outwards."""
    stream, child, result = Stream(seed, 2), {}, {}
    for i in range(1, len(parents)):
        if kinds[i] != 0:
            continue
        bits = stream.bits(i)
        at, side = parents[i], bits % 2
        for _ in range(bits // 2**28 % 16):
            if (at, side) in child:
                at = child[at, side]
                bits //= 2
                side = bits % 2
        while (at, side) in child:
            at = child[at, side]
        child[at, side] = i
        result[i] = (at, side)
    return result


def countries(seed, parents):
    stream, result = Stream(seed, 3), []
    for i, parent in enumerate(parents):
        bits = stream.bits(i)
        own = chosen(bits // 2**32, cal.COUNTRY_SHARES)
        result.append(result[parent] if parent >= 0 and bits % 4 else own)
    return result


def name_of(row, style, seed, letter):
    """Return the id of a member (letter M) or an order (O)."""
    if row is None or row < 0:
        return None
    if style == "text":
        return f"M{row + 1:09}" if letter == "M" else f"O{row + 1:010}"
    return row + 1 if style == "int" else scrambled(row, key_of(seed, 5 if letter == "M" else 20), 63, 32)


def members(n, *, shape, seed, end, ids, binary, customers, shuffle):
    """Return (rows of the members table, what orders need to know of each member)."""
    people = enrolled(n, seed, end, customers=customers)
    kinds = [kind for _, kind, _ in people]
    parents = sponsors(n, seed, shape, kinds)
    places = {}
    if shape == "binary":
        places = placed(seed, parents, [0] * n)
        parents = [places[i][0] if i in places else -1 for i in range(n)]
    for parent in parents[1:]:
        kinds[parent] = 0
    if shape != "binary" and binary:
        places = placed(seed, parents, kinds)
    where = countries(seed, parents)
    rows = []
    for i, (_, _, day) in enumerate(people):
        at, side = places[i] if i in places and kinds[i] == 0 else (None, None)
        row = {
            "member_id": name_of(i, ids, seed, "M"),
            "sponsor_id": name_of(parents[i], ids, seed, "M"),
            "kind": cal.KINDS[kinds[i]],
            "enrolled_on": day,
            "country": cal.COUNTRIES[where[i]],
        }
        if binary or shape == "binary":
            row["placement_id"] = name_of(at, ids, seed, "M")
            row["placement_side"] = None if side is None else ("left", "right")[side]
        rows.append(row)
    known = [(band, kind, day) for (band, _, day), kind in zip(people, kinds, strict=True)]
    return ([rows[r] for r in permutation(n, key_of(seed, 4))] if shuffle else rows), known


def row_counts(known, seed, *, whole_year, per_member, customers):
    sellers = cal.KIND_SHARES[0] if customers else 1000
    expected = sum(
        Fraction(weight * share * buy, 1000**3)
        for group, weight in ((cal.SELLERS, sellers), (cal.CUSTOMERS, 1000 - sellers))
        for share, buy in zip(group.members, group.buyers(whole_year=whole_year), strict=True)
    )
    extra = int((per_member / expected - 1) * 65536) if per_member else None
    stream, result = Stream(seed, 16), []
    for i, (band, kind, _) in enumerate(known):
        bits = stream.bits(i)
        buyers = (cal.SELLERS if kind == 0 else cal.CUSTOMERS).buyers(whole_year=whole_year)[band]
        if extra is None or bits // 2**32 >= 2**32 * buyers // 1000:
            result.append(0)
        else:
            result.append(1 + (extra * cal.EXTRA_ROWS[bits % 16] // 16 + bits // 16 % 65536) // 65536)
    return result


def amount(bits):
    """Return cents: 15 bands of a sixteenth, and the last one in 16 bands again."""
    band, rest = divmod(bits, 2**28)
    width = 2**28
    if band == 15:
        further, rest = divmod(rest, 2**24)
        band, width = 15 + further, 2**24
    low, high = cal.AMOUNT_KNOTS[band], cal.AMOUNT_KNOTS[band + 1]
    return low + rest * (high - low) // width


def buyer_rows(i, count, known, first_number, stream, start, end, returns):
    """Return the order rows of one buyer as (buyer, day, type, product class, cents)."""
    _, kind, day = known[i]
    since, is_new, rows = max(day, start), day >= start, []
    back_below = int(returns * 2**32)
    autoship_below = back_below + (2**32 - back_below) * cal.AUTOSHIP_SHARE // 1000
    for k in range(count):
        high, low = stream.halves(2 * (first_number + k))
        how, what = stream.halves(2 * (first_number + k) + 1)
        when = since + timedelta(below(low, (end - since).days))
        product, cents = chosen(what, cal.CLASS_SHARES), amount(high)
        order_type = "autoship" if how < autoship_below else "order"
        if k == 0 and is_new and kind == 0:
            rows.append((i, since, "kit", cal.KIT_CLASS, cal.KIT_CENTS))
        elif how < back_below and k > 0 and rows[-1][2] != "return":
            _, before, _, product, cents = rows[-1]
            rows.append((i, before + timedelta(below(low, (end - before).days)), "return", product, -cents))
        elif how < back_below and k == 0 and not is_new:
            rows.append((i, when, "return", product, -cents))
        else:
            rows.append((i, when, order_type, product, cents))
    return rows


def decimal_of(cents, per_mille):
    value = abs(cents) * per_mille // 1000
    return Decimal(-value if cents < 0 else value).scaleb(-2)


def orders(known, *, seed, start, end, per_member, returns, ids, customers, shuffle):
    """Return the rows of the orders table."""
    whole_year = (end - start).days > 31
    counts = row_counts(known, seed, whole_year=whole_year, per_member=per_member, customers=customers)
    rows, stream = [], Stream(seed, 17)
    for i in permutation(len(known), key_of(seed, 18)):
        rows += buyer_rows(i, counts[i], known, len(rows), stream, start, end, returns)
    rows.sort(key=lambda row: row[1])
    numbers = permutation(len(rows), key_of(seed, 19)) if shuffle else range(len(rows))
    return [
        {
            "order_id": name_of(number, ids, seed, "O"),
            "member_id": name_of(rows[number][0], ids, seed, "M"),
            "date": rows[number][1],
            "type": rows[number][2],
            "product_class": cal.PRODUCT_CLASSES[rows[number][3]],
            "qv": decimal_of(rows[number][4], cal.QV_OF_AMOUNT[rows[number][3]]),
            "cv": decimal_of(rows[number][4], cal.CV_OF_AMOUNT[rows[number][3]]),
            "amount": decimal_of(rows[number][4], 1000),
            "autoship": rows[number][2] == "autoship",
        }
        for number in numbers
    ]
