"""What a quantity or a bonus keeps in the state from one period to the next."""

from __future__ import annotations

from compplan.records import Record


class Kept(Record):
    """One column of the state.

    Attributes
    ----------
    column
        `<bonus or quantity>:<what>`, such as `binary:left`.
    digits
        Digits after the point; a pass reads and writes integers at this scale.
    company
        One number of the company, the same in every row, instead of one a member.
    rank
        Ranks: numbers for passes, names in the state.
    member
        Members: positions for passes, -1 for nobody, and ids in the state; who is gone is nobody.
    money
        Money that somebody is still owed: a state that names members who are gone is then refused.
    since
        The column of the day on which the span began that this counts in: rows of members who are gone are kept until
        the span ends. "" for what goes with its member.
    text
        The member field that is kept as it stands, such as the owner of a position; "" for numbers.
    most, table
        The largest value that the plan's `table` (a word for messages, such as `tiers`) can hold, from 0; None for any.
    """

    column: str
    digits: int = 0
    company: bool = False
    money: bool = False
    rank: bool = False
    member: bool = False
    since: str = ""
    text: str = ""
    most: int | None = None
    table: str = ""
