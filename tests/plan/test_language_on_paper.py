"""The plans on paper of decision 0002: those with present words load, the others only wait for words to come."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compplan.bonuses.base import kinds
from compplan.errors import PlanError
from compplan.plan import load, sections
from compplan.plan.model import PlanModel
from compplan.plan.patch import merged_source
from compplan.plan.source import read_source

FOLDER = Path(__file__).parents[2] / "docs" / "decisions" / "0002-plan-language"

# Words that wait for their families (decision 0002). A family that is built takes its words out of here.
KINDS_TO_COME = {
    "binary": {
        "carry",
        "carry_cap",
        "cap_per",
        "flush_when",
        "over_cap",
        "pair_cap",
        "ratio",
        "ratio_by",
        "strong_side",
        "unit",
    },
    "differential": {"at_least", "from_level", "less", "levels"},
    "generation": {"boundary", "boundary_member", "own_group"},
    "infinity": {"equal_rate", "from_level", "less", "lower_rate"},
    "match": {"boundary", "boundary_member", "cascade", "of_pay", "own_group", "where"},
    "matrix": {"levels", "levels_by", "pays"},
    "pass_up": {"counts", "counts_within", "pass_to", "passes"},
    "points": {"points", "rank_in_leg", "takes"},
    "pool": {"by", "places", "residue", "ties", "weights", "weights_by"},
}
FIELDS_TO_COME = {
    "unilevel": {"stop_at"},
    "retail": {"bands"},
    "roll_up": {"compress"},
    "plan": {"limits"},
}
VOLUMES_TO_COME = {"accumulate", "company", "days_since", "lines", "rate_of"}
VALUES_TO_COME = {"unpaid": {"hold"}}

# What everything that goes up a tree shares; the kinds to come add to it.
SHARED = set(kinds()["unilevel"].model_fields)

PLANS = sorted(path for path in FOLDER.glob("*.yaml") if ".patch." not in path.name)
PATCHES = sorted(FOLDER.glob("*.patch.yaml"))


def named(path):
    return path.name.removesuffix(".yaml")


def base_of(patch):
    """The plan that a patch is of: the one whose name its own begins with."""
    (found,) = [plan for plan in PLANS if patch.name.startswith(named(plan))]
    return found


def source_of(path):
    """The source of a plan, or of a patched plan."""
    if path in PATCHES:
        return merged_source(read_source(base_of(path)), [read_source(path)])
    return read_source(path)


def problems_of(path):
    try:
        load.checked_plan(source_of(path))
    except PlanError as error:
        return error.problems
    return ()


def promised(path):
    """Whether the file's own header says that it loads (of a patch: alone)."""
    (said,) = re.findall(r"^# (?:Loads|Applies): (yes|not yet)", path.read_text(), re.MULTILINE)
    return said == "yes" and "loads: not yet" not in path.read_text() and "loads with the kinds" not in path.read_text()


def waits(problem):
    """Whether a problem is about a word that is to come, and about nothing else."""
    if found := re.fullmatch(r'unknown kind "(\w+)"', problem.message):
        return found[1] in KINDS_TO_COME
    if found := re.fullmatch(r'unknown field "(\w+)"', problem.message):
        return any(found[1] in words for words in FIELDS_TO_COME.values())
    if problem.message.startswith("none of sum, "):
        return any(re.search(rf"\b{word}:", problem.place.text) for word in VOLUMES_TO_COME)
    return False


@pytest.mark.parametrize("path", [*PLANS, *PATCHES], ids=named)
def test_a_file_loads_or_waits_for_words_to_come(path):
    problems = problems_of(path)
    assert [str(problem) for problem in problems if not waits(problem)] == []
    assert promised(path) == (not problems), "the header says otherwise"


def test_how_many_load():
    """The number that the record gives."""
    assert sum(not problems_of(path) for path in PLANS) == 13
    record = (FOLDER.parent / "0002-plan-language.md").read_text()
    assert "thirteen plans use existing words only, and load" in record


@pytest.mark.parametrize("path", [*PLANS, *PATCHES], ids=named)
def test_kinds_to_come_are_written_with_settled_words(path):
    """The present language cannot check the fields of a kind that it does not know."""
    for name, bonus in source_of(path).data.get("bonuses", {}).items():
        if bonus["kind"] in KINDS_TO_COME:
            assert set(bonus) - SHARED - KINDS_TO_COME[bonus["kind"]] == set(), name
        for field, value in bonus.items():
            if field in SHARED and (allowed := words_of(field)):
                assert str(value) in allowed | VALUES_TO_COME.get(field, set()), name


def words_of(field):
    """The closed list of a shared field's values, if it has one."""
    return (
        set(getattr(kinds()["unilevel"].model_fields[field].annotation, "__args__", ()))
        if field in {"payment", "skipped", "start", "unpaid"}
        else set()
    )


def test_a_word_to_come_has_not_come_yet():
    assert KINDS_TO_COME.keys() & kinds().keys() == set()
    assert VOLUMES_TO_COME & set(sections._VOLUME_KINDS) == set()
    present = {name: set(model.model_fields) for name, model in kinds().items()}
    present |= {"roll_up": set(sections.RollUp.model_fields), "plan": set(PlanModel.model_fields)}
    assert {name: words & present[name] for name, words in FIELDS_TO_COME.items() if words & present[name]} == {}
    assert {kind: words & SHARED for kind, words in KINDS_TO_COME.items() if words & SHARED} == {}
    assert {f: words & words_of(f) for f, words in VALUES_TO_COME.items() if words & words_of(f)} == {}


def test_every_word_to_come_is_used_by_some_file():
    used = {path: source_of(path).data for path in [*PLANS, *PATCHES]}
    bonuses = [bonus for data in used.values() for bonus in data.get("bonuses", {}).values()]
    for kind, words in KINDS_TO_COME.items():
        written = {field for bonus in bonuses if bonus["kind"] == kind for field in bonus}
        assert words - written == set(), kind
    volumes = {key for data in used.values() for rule in data["volumes"].values() for key in rule}
    assert VOLUMES_TO_COME - volumes == set()
