"""Words of everything that goes up a tree: what does not go together, and how the words are described."""

from __future__ import annotations

import pytest
from plan_texts import expect, plan

LADDER = "member: []\nsilver: [active]"
KNOWN = "known: pv, gv, active, member, silver, rank, title, paid_as, last_rank, is_distributor, is_customer, month_ends, quarter_ends, half_year_ends, year_ends, days_in_period"


def unilevel(fields):
    return f"u:\n  kind: unilevel\n  of: pv\n{''.join(f'  {line}' + chr(10) for line in fields.splitlines())}"


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        (
            "rates: [5%, 3%]\nlevels: ▸4",
            "there is no rate or amount for level 3",
            'give more of them, or write "and deeper" after the last',
        ),
        (
            "rates: [5%, 3%]\nfrom_level: 2\nlevels: {member: 3, silver: ▸4}",
            "there is no rate or amount for level 4",
            'give more of them, or write "and deeper" after the last',
        ),
        ("rates: 1% and deeper\nfrom_level: 5\nlevels: ▸4", "no level from 5 on is open", "open more levels"),
        (
            "rates: 5%\nfrom_level: ▸2\ncompress: unpayable",
            "compress: unpayable would skip everybody before from_level",
            "give compress a condition, or none with unpaid: pass_up",
        ),
        ("rates: 5%\nlevels: ▸2.5", "2.5 is no number of levels", "write all, or a whole number from 0 to 1000"),
        ("rates: 5%\nlevels: ▸many", '"many" is not a number', "write a plain decimal number, such as 1250.50"),
        ("rates: 5%\nlevels_by: ▸pv", "levels_by has no table", "give levels too"),
        ("rates: 5%\ncap_per_source_by: ▸pv", "cap_per_source_by has no table", "give cap_per_source too"),
        ("rates: 5%\nwhere: ▸nobody", '"nobody" is not known', KNOWN),
        ("rates: 5%\nlevels: {▸gold: 1}", '"gold" is not a rank', "known: member, silver"),
        ("rates: 5%\ncap_per_source: {▸silver: [5, 6]}", "levels have no meaning here", "give one value"),
    ],
)
def test_words_that_make_no_sense_together(fields, message, hint):
    expect((message, hint), ladder=LADDER, bonuses=unilevel(fields))


def test_the_words_are_described():
    fields = """\
rates: 1% and deeper
from_level: 3
levels: {member: 5, silver: all}
where: active
stop_at: rank >= silver
cap_per_source: 20
"""
    text = plan(ladder=LADDER, bonuses=unilevel(fields)).describe()
    for sentence in (
        "The first rate is that of level 3; nobody is paid at the levels before it.",
        "Paid down to level: as member: 5; as silver: all.",
        "Only volume of members with active is paid on.",
        "A member with rank >= silver is the last who is paid; his own volume goes no further either.",
        "One source brings one member at most 20 in a period.",
    ):
        assert sentence in " ".join(text.split()), sentence
