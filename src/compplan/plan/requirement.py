"""Requirements of a rank: what must hold, written as a short text or spelled out.

    - active                                          a condition
    - pv >= 100                                       a comparison
    - gv >= 2000, at most 50% from one leg            leg cap as a share of the requirement
    - gv >= 2000, at most 40% of the total from one leg
    - gv >= 20000, at most 80% from one leg or own volume
    - gv >= 1000, outside legs with silver
    - 3 legs with active                              three distinct legs that contain such a member
    - 1 leg with director, 2 legs with silver         three distinct legs
    - 4 frontline with silver                         frontline members that hold the rank themselves
    - 10 downline with silver                         members anywhere below
    - 2 frontline with silver, in the enrollment tree
    - 2 legs with silver, in the placement tree, enrolled in the enrollment tree
    - any: [...]      all: [...]                      alternatives, groups

Each form has one spelled-out model; the text is only a shorter way to write it.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from compplan.plan.expression import parse
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, Model, Name, Number, Rate, Whole, number, rate


class ConditionRequirement(Model):
    """A condition that must hold."""

    condition: ConditionText = Field(description="What must hold: a condition over named quantities.")


class VolumeRequirement(Model):
    """A rolled-up volume that must reach an amount, with a limit to what one leg may bring."""

    volume: Name = Field(description="The rolled-up volume that is measured.")
    at_least: Number = Field(description="The amount that it must reach.")
    leg_cap: Rate | None = Field(None, description="The largest share that one leg may bring.")
    leg_cap_amount: Number | None = Field(None, description="The largest amount that one leg may bring.")
    cap_of: Literal["requirement", "total"] = Field(
        "requirement",
        description="What leg_cap is a share of: the required amount, or the member's own total.",
    )
    own: Literal["outside", "leg"] = Field(
        "outside",
        description="Whether own volume counts in full (outside the caps) or is capped like a leg.",
    )
    outside_legs_with: str | None = Field(
        None,
        description="A rank: legs that contain a member of this rank or higher do not count.",
    )

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        limits = [f for f in ("leg_cap", "leg_cap_amount", "outside_legs_with") if getattr(self, f) is not None]
        if len(limits) > 1:
            raise Hinted(f"{limits[0]} and {limits[1]} do not go together", "write two requirements", (limits[1],))
        if self.cap_of == "total" and limits != ["leg_cap"]:
            raise Hinted("cap_of: total needs leg_cap, a share", "for example: leg_cap: 40%", ("cap_of",))
        if self.own == "leg" and (self.cap_of == "total" or limits not in (["leg_cap"], ["leg_cap_amount"])):
            raise Hinted("own: leg needs a cap that does not depend on the total", "leave it out", ("own",))
        return self


class LegsWith(Model):
    """How many legs must contain what."""

    count: Whole = Field(ge=1, description="How many legs.")
    holds: ConditionText = Field(
        description=(
            "A rank, or a condition, that some member of the leg must meet; with `and`, one and the same member. Heads "
            "of legs with a volume are a count: `{count: gv >= 500, among: frontline}`."
        )
    )


class LegsRequirement(Model):
    """Distinct legs that contain members of a rank or members who meet a condition."""

    legs: tuple[LegsWith, ...] = Field(min_length=1, description="All in distinct legs.")
    tree: Name | None = Field(None, description="The tree whose legs are meant; that of the ranks when left out.")
    enrolled_in: Name | None = Field(
        None, description="Another tree: only members on the frontline of it, such as those whom he enrolled, count."
    )


class MembersRequirement(Model):
    """Members of the downline who themselves hold a rank or meet a condition."""

    count: Whole = Field(ge=1, description="How many members.")
    among: Literal["frontline", "downline"] = Field(description="The first level only, or all levels.")
    holds: ConditionText = Field(description="A rank or a condition that each must meet.")
    tree: Name | None = Field(None, description="The tree that is meant; that of the ranks when left out.")


class AnyRequirement(Model):
    """Alternative routes: one of them is enough."""

    any: "tuple[Requirement, ...]" = Field(min_length=1, description="One of these is enough.")


class AllRequirement(Model):
    """A group: each of them is needed."""

    all: "tuple[Requirement, ...]" = Field(min_length=1, description="Each of these is needed.")


_LEGS = re.compile(r"^(?P<count>\d+) legs? with (?P<holds>.+)$")
_BETWEEN_LEGS = re.compile(r", (?=\d+ legs? with )")
_MEMBERS = re.compile(r"^(?P<count>\d+) (?P<among>frontline|downline)(?: members?)? with (?P<holds>.+)$")
_IN_TREE = re.compile(
    r"^(?P<rest>\d+ .+?)(?:,? in the (?P<tree>\w+) tree)?(?:,? enrolled in the (?P<enrolled_in>\w+) tree)?$"
)
_VOLUME = re.compile(r"^(?P<volume>[a-z]\w*)\s*>=\s*(?P<at_least>[\d_.]+)\s*,\s*(?P<limit>.+)$")
_CAP = re.compile(
    r"^at most (?P<cap>[\d_.]+%?)(?P<total> of the total)? from (?:any )?one leg(?P<own> or own volume)?$",
)
_TORN = re.compile(r"^(?:at most |outside legs|in the \w+ tree$|enrolled in )")
_ON_LEGS = re.compile(r"\b(?:legs?|frontline|downline)\b")
_LEGS_HINT = 'write "2 legs with silver", "4 frontline with active" or "gv >= 2000, outside legs with silver"'
_OUTSIDE = re.compile(r"^outside legs with (?P<rank>\w+)$")


def read_requirement(value: Any) -> Any:
    """Turn a text into the mapping of its spelled-out form; leave mappings as they are.

    Examples
    --------
    >>> read_requirement("3 legs with active")
    {'legs': [{'count': 3, 'holds': 'active'}]}
    """
    if not isinstance(value, str):
        return value
    text = _single_spaced(value)
    if (placed := _IN_TREE.match(text)) and (counted := _counted(placed["rest"])):
        return counted | {key: tree for key in ("tree", "enrolled_in") if (tree := placed[key])}
    if match := _VOLUME.match(text):
        return _volume(match, text)
    _demand_no_torn_legs(text)
    return {"condition": text}


def _demand_no_torn_legs(text: str) -> None:
    """Demand that a text on legs or members is not one of a requirement's parts, or written in words of one's own."""
    if _TORN.match(text):
        hint = 'in [ ], a requirement with commas stands in quotes: "gv >= 2000, at most 50% from one leg"'
        raise Hinted(f'"{text}" is a part of a requirement', hint)
    if _ON_LEGS.search(text):
        try:
            parse(text)
        except Hinted as error:
            raise Hinted(error.message, _LEGS_HINT) from None


def _counted(text: str) -> dict[str, Any] | None:
    """Read a number of legs or members."""
    parts = [_LEGS.match(part) for part in _BETWEEN_LEGS.split(text)]
    if all(parts):
        return {"legs": [{"count": int(m["count"]), "holds": m["holds"]} for m in parts if m]}
    if match := _MEMBERS.match(text):
        return {"count": int(match["count"]), "among": match["among"], "holds": match["holds"]}
    return None


_SPACES = re.compile(r"""("[^"]*"|'[^']*')|\s+""")


def _single_spaced(text: str) -> str:
    """Return a text with single spaces, those of quoted texts left alone."""
    return _SPACES.sub(lambda found: found[1] or " ", text.strip())


def _volume(match: re.Match[str], text: str) -> dict[str, Any]:
    result: dict[str, Any] = {"volume": match["volume"], "at_least": number(match["at_least"])}
    for limit in match["limit"].split(", "):
        if cap := _CAP.match(limit):
            field, read = ("leg_cap", rate) if cap["cap"].endswith("%") else ("leg_cap_amount", number)
            if field in result:
                raise Hinted(f'"{text}" has two caps', "write two requirements")
            result[field] = read(cap["cap"])
            result["cap_of"] = "total" if cap["total"] else "requirement"
            result["own"] = "leg" if cap["own"] else "outside"
        elif outside := _OUTSIDE.match(limit):
            result["outside_legs_with"] = outside["rank"]
        else:
            raise Hinted(
                f'"{text}" cannot be read after the first comma',
                'write "at most 50% from one leg", "at most 40% of the total from one leg", '
                'or "outside legs with silver"',
            )
    return result


def _kind(value: Any) -> str:
    """Tell which form a mapping is, for pydantic's union."""
    given = value if isinstance(value, dict) else getattr(value, "model_fields_set", ())
    for key, tag in _TAGS.items():
        if key in given:
            return tag
    return "condition"


_TAGS = {
    "any": "any",
    "all": "all",
    "legs": "legs",
    "volume": "volume",
    "among": "members",
    "condition": "condition",
}


def _validated(value: Any) -> Any:
    """Read one requirement into its model."""
    data = read_requirement(value)
    if isinstance(data, Model):
        return data
    if not isinstance(data, dict):
        raise Hinted("a requirement is a text or a mapping", "for example: gv >= 2000, at most 50% from one leg")
    return data


_Form = Annotated[
    Annotated[ConditionRequirement, Tag("condition")]
    | Annotated[VolumeRequirement, Tag("volume")]
    | Annotated[LegsRequirement, Tag("legs")]
    | Annotated[MembersRequirement, Tag("members")]
    | Annotated[AnyRequirement, Tag("any")]
    | Annotated[AllRequirement, Tag("all")],
    Discriminator(_kind),
]
_Short = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "title": "Requirement in short",
            "examples": ["pv >= 100", "gv >= 2000, at most 50% from one leg", "3 legs with active"],
        },
    ),
]
Requirement = Annotated[_Form, BeforeValidator(_validated, json_schema_input_type=_Short | _Form)]
