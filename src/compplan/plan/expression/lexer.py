"""The signs that a condition may hold, checked before Python's grammar sees it.

That grammar lets pass what a plan should not: comments, `100and` and unknown escapes with a warning only.
"""

from __future__ import annotations

import re

from compplan.plan.located import Hinted

PARTS = "use names, numbers, comparisons, and, or, not, in, + - * /, min, max"
"""What there is, for hints."""

_TOKEN = re.compile(
    r"""
    \s+
    | "(?: [^"\\\r\n] | \\(?: ["'\\bfnrt] | u[0-9a-fA-F]{4} ) )*"
    | '(?: [^'\\\r\n] | \\(?: ["'\\bfnrt] | u[0-9a-fA-F]{4} ) )*'
    | (?: [0-9][0-9_]* (?:\.[0-9]*)? | \.[0-9]+ ) (?:[eE][-+]?[0-9]+)? (?!\w)
    | [^\W\d]\w*
    | [<>=!]=
    | [-+*/<>(),.\[\]]
    """,
    re.VERBOSE,
)
_HINTS = {
    "=>": 'write ">="',
    "=<": 'write "<="',
    "<>": 'write "!="',
    "&": 'write "and"',
    "|": 'write "or"',
    "!": 'write "not"',
    "=": 'compare with "=="',
    "%": "write per cent as a fraction, such as 0.05",
    "#": "comments stand outside of it",
}


def one_line(text: str) -> str:
    r"""Return a condition on one line.

    Raises
    ------
    Hinted
        Where it holds a sign that is not part of the language.

    Examples
    --------
    >>> one_line("pv >= 100\n and active")
    'pv >= 100  and active'
    """
    whole(text)
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if not token:
            found = text[at : at + 12].split(maxsplit=1)[0]
            hint = _HINTS.get(found[:2]) or _HINTS.get(found[0], PARTS)
            raise Hinted(f'"{found}" is not part of the language', hint)
        at = token.end()
    return re.sub(r"[\r\n]", " ", text).strip()


def whole(text: str) -> str:
    """Demand whole characters: an escape can make half of one, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = text[error.start]
        raise Hinted(f"the text holds half a character ({half!a})", "write the whole character") from None
    return text
