"""Kernels of the synthetic field: draws by counter, growth of trees, order rows.

All randomness is `draw(key, i)`, the i-th number of the splitmix64 stream that starts at `key`. Words are
unsigned 64 bit; without JIT they are Python integers, hence the masks. `wide` and `signed` name the two kinds
of whole numbers so that no expression mixes them: Numba would turn a mix of both into a float.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import JIT, inline, kernel

wide = np.uint64 if JIT else int
signed = np.int64 if JIT else int

ALL = wide(0xFFFF_FFFF_FFFF_FFFF)
LOW = wide(0xFFFF_FFFF)
GOLDEN = wide(0x9E37_79B9_7F4A_7C15)
MIX_1 = wide(0xBF58_476D_1CE4_E5B9)
MIX_2 = wide(0x94D0_49BB_1331_11EB)
B1, B3, B4, B15, B16, B24 = (wide(b) for b in (1, 3, 4, 15, 16, 24))
B27, B28, B30, B31, B32 = (wide(b) for b in (27, 28, 30, 31, 32))

# Limits out of 2**32: single-file legs 0.4 % (every 250th time a new one), recent recruits up to 5 %, copying
# up to 55 %, and the rest is uniform.
LEGS, NEW_LEG, RECENT, COPY = (wide(b) for b in (17_179_869, 68_719, 214_748_365, 2_362_232_013))
RECENT_SPAN = 1000
SPINE = wide(429_496_730)
DISTRIBUTOR = 0
ORDER, AUTOSHIP, KIT, RETURN = 0, 1, 2, 3


@inline
def mix(z):
    z = ((z ^ (z >> B30)) * MIX_1) & ALL
    z = ((z ^ (z >> B27)) * MIX_2) & ALL
    return z ^ (z >> B31)


@inline
def draw(key, i):
    return mix((key + ((wide(i) * GOLDEN) & ALL)) & ALL)


@inline
def below(bits, n):
    """Return a number in [0, n) from 32 random bits."""
    return signed((bits * wide(n)) >> B32)


@inline
def scramble(x, key, mask, half):
    """Return a one-to-one image of x among the words under the mask; half is about half its bits."""
    x = (((x ^ key) & mask) * GOLDEN) & mask
    x = ((x ^ (x >> half)) * MIX_1) & mask
    x = ((x ^ (x >> half)) * MIX_2) & mask
    return x ^ (x >> half)


@kernel
def scrambled(key, mask, half, rows, out):
    """Write unique random-looking ids of the rows; -1 stays -1."""
    for i in range(rows.size):
        row = rows[i]
        out[i] = signed(scramble(wide(row), key, mask, half)) if row >= 0 else -1


@kernel
def permutation(key, mask, half, out):
    """Write a permutation of 0..n-1: words under the mask are scrambled again until they fall below n."""
    n = wide(out.size)
    for i in range(out.size):
        x = scramble(wide(i), key, mask, half)
        while x >= n:
            x = scramble(x, key, mask, half)
        out[i] = signed(x)


@kernel
def enroll(key, starts, first_day, days, limits, kind, day):
    """Write kind and enrolment day.

    Band b has the rows starts[b] to starts[b + 1] and the days from first_day[b] on; limits[b] says how many
    of 2**32 draws give a distributor, and how many a distributor or a preferred customer.
    """
    for b in range(first_day.size):
        lo = starts[b]
        rows = starts[b + 1] - lo
        for k in range(rows):
            bits = draw(key, lo + k) >> B32
            kind[lo + k] = signed(bits >= wide(limits[b, 0])) + signed(bits >= wide(limits[b, 1]))
            day[lo + k] = first_day[b] + k * days[b] // rows


@kernel
def grow_field(key, kind, sellers, parent):
    """Grow a heavy-tailed tree whose inner nodes are distributors; `sellers` is scratch for their rows."""
    parent[0] = -1
    sellers[0] = 0
    count = 1
    tip = 0
    for i in range(1, parent.size):
        z = draw(key, i)
        how = z & LOW
        bits = z >> B32
        if how < LEGS and kind[i] == DISTRIBUTOR:
            if how < NEW_LEG:
                tip = sellers[below(bits, count)]
            parent[i] = tip
            tip = i
        elif how < RECENT:
            parent[i] = sellers[count - 1 - below(bits, min(count, RECENT_SPAN))]
        elif how < COPY and i > 1:
            parent[i] = parent[1 + below(bits, i - 1)]
        else:
            parent[i] = sellers[below(bits, count)]
        if kind[i] == DISTRIBUTOR:
            sellers[count] = i
            count += 1


@kernel
def grow_uniform(key, parent):
    """Grow a random recursive tree: every earlier member is equally likely to sponsor."""
    parent[0] = -1
    for i in range(1, parent.size):
        parent[i] = below(draw(key, i) >> B32, i)


@kernel
def grow_spine(key, parent):
    """Grow a tree with a tenth of the members in one single-file leg and the others anywhere."""
    parent[0] = -1
    tip = 0
    for i in range(1, parent.size):
        z = draw(key, i)
        if z & LOW < SPINE:
            parent[i] = tip
            tip = i
        else:
            parent[i] = below(z >> B32, i)


@kernel
def place(key, sponsor, kind, child, outer, parent, side):
    """Place each distributor below his sponsor: up to 15 random steps down, then outwards to a free place.

    `child` (int32[2 n], all -1) and `outer` (int32[2 n], entry k holds k // 2) are scratch; `outer` holds,
    for a member and a side, someone farther out on that line, and is shortened by path halving.
    """
    for i in range(1, parent.size):
        if kind[i] != DISTRIBUTOR:
            continue
        z = draw(key, i)
        x = signed(sponsor[i])
        s = signed(z & B1)
        steps = signed((z >> B28) & B15)
        while steps > 0 and child[2 * x + s] >= 0:
            x = signed(child[2 * x + s])
            z = z >> B1
            s = signed(z & B1)
            steps -= 1
        while outer[2 * x + s] != x:
            outer[2 * x + s] = outer[2 * outer[2 * x + s] + s]
            x = signed(outer[2 * x + s])
        child[2 * x + s] = i
        outer[2 * x + s] = i
        parent[i] = x
        side[i] = s


@kernel
def settle(key, parent, limits, country):
    """Write countries: the sponsor's for three of four members, else one by the limits out of 2**32."""
    for i in range(parent.size):
        z = draw(key, i)
        if parent[i] >= 0 and z & B3 != 0:
            country[i] = country[parent[i]]
        else:
            country[i] = choose(z >> B32, limits)


@inline
def choose(bits, limits):
    """Return how many of the ascending limits are not above 32 random bits."""
    chosen = signed(0)
    for c in range(limits.size):
        chosen += signed(bits >= wide(limits[c]))
    return chosen


@kernel
def order_counts(key, starts, limits, extra, spread, kind, count):
    """Write how many order rows each member has; extra is the mean of a buyer's further rows in 1/65536."""
    for b in range(starts.size - 1):
        for i in range(starts[b], starts[b + 1]):
            z = draw(key, i)
            if z >> B32 < wide(limits[b, min(kind[i], 1)]):
                rows = wide(extra) * wide(spread[signed(z & B15)]) >> B4
                count[i] = 1 + signed((rows + ((z >> B4) & wide(0xFFFF))) >> B16)
            else:
                count[i] = 0


@inline
def amount_of(bits, knots):
    """Return cents for 32 random bits: 15 bands by four bits, the 16th split again by the next four."""
    band = signed(bits >> B28)
    rest = bits & wide(0xFFF_FFFF)
    width = B28
    if band == 15:
        band += signed(rest >> B24)
        rest = rest & wide(0xFF_FFFF)
        width = B24
    return signed(knots[band]) + signed((rest * wide(knots[band + 1] - knots[band])) >> width)


@kernel
def write_orders(key, count, kind, enrolled, span, shares, classes, knots, kit, out):
    """Write the order rows of some members, one member after another.

    span is the first and last day, shares are the limits of returns and of returns with autoships, kit is its
    cents and class. A return takes back the row before it, or, as the first row, something bought before the
    period.
    """
    _, day, order_type, product, cents = out
    row = 0
    for i in range(count.size):
        since = max(enrolled[i], span[0])
        is_new = enrolled[i] >= span[0]
        for k in range(count[i]):
            z = draw(key, 2 * row)
            what = draw(key, 2 * row + 1)
            how = what >> B32
            is_kit = k == 0 and is_new and kind[i] == DISTRIBUTOR
            back = how < wide(shares[0]) and (order_type[row - 1] != RETURN if k > 0 else not is_new)
            day[row] = since + below(z & LOW, span[1] - since + 1)
            order_type[row] = AUTOSHIP if how < wide(shares[1]) else ORDER
            product[row] = choose(what & LOW, classes)
            cents[row] = amount_of(z >> B32, knots)
            if is_kit:
                day[row], order_type[row], product[row], cents[row] = since, KIT, kit[1], kit[0]
            elif back and k > 0:
                day[row] = day[row - 1] + below(z & LOW, span[1] - day[row - 1] + 1)
                order_type[row], product[row], cents[row] = RETURN, product[row - 1], -cents[row - 1]
            elif back:
                order_type[row], cents[row] = RETURN, -cents[row]
            row += 1


@kernel
def by_day(member, day, order_type, product, cents, first, cursor, out):
    """Write five columns sorted by day; cursor[d] is the first place of day first + d, and moves on."""
    to_member, to_day, to_type, to_product, to_cents = out
    for row in range(day.size):
        place = cursor[day[row] - first]
        cursor[day[row] - first] += 1
        to_member[place] = member[row]
        to_day[place] = day[row]
        to_type[place] = order_type[row]
        to_product[place] = product[row]
        to_cents[place] = cents[row]


@kernel
def decimals(cents, product, per_mille, out):
    """Write a share of the amounts as 128-bit decimals (low word, sign word), cut off below a cent."""
    for i in range(cents.size):
        value = abs(signed(cents[i])) * per_mille[product[i]] // 1000
        sign = -signed(cents[i] < 0 and value > 0)
        out[i, 0] = (value ^ sign) - sign
        out[i, 1] = sign


@kernel
def text_ids(letter, rows, out):
    """Write each row's number, counted from 1, as a letter and zero-padded decimal digits."""
    width = out.shape[1]
    for i in range(rows.size):
        rest = signed(rows[i]) + 1
        for c in range(width - 1, 0, -1):
            out[i, c] = 48 + rest % 10
            rest //= 10
        out[i, 0] = letter
