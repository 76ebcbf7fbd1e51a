from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from compplan.errors import PlanError


@pytest.fixture
def cases(monkeypatch, tmp_path):
    """Golden cases by path, instead of those of files."""
    monkeypatch.chdir(tmp_path)
    found = {}

    def run_cases(path):
        result = found.get(str(path), [])
        if isinstance(result, Exception):
            raise result
        return result

    module = ModuleType("compplan.cases")
    module.run_cases = run_cases
    monkeypatch.setitem(sys.modules, "compplan.cases", module)
    return found


def case(name, *differences):
    return SimpleNamespace(name=name, path=Path("a.cases.yaml"), passed=not differences, differences=list(differences))


def test_passing_cases_are_counted(cli, cases):
    cases["."] = [case("one"), case("two")]
    assert cli("test") == (0, "2 cases, 0 failed\n", "")
    assert "passed  one  (a.cases.yaml)\n" in cli("test", "--verbose").out


def test_failing_cases_show_their_differences(cli, cases, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    cases["a"] = [case("one")]
    cases["b"] = [case("two", "pay of ann: 5.00, expected 6.00", "rank of bob: silver, expected gold")]
    called = cli("test", "a", "b")
    assert (called.code, called.err) == (1, "")
    assert called.out.splitlines() == [
        "FAILED  two  (a.cases.yaml)",
        "        pay of ann: 5.00, expected 6.00",
        "        rank of bob: silver, expected gold",
        "2 cases, 1 failed",
    ]


@pytest.mark.usefixtures("cases")
def test_no_case_is_a_failure(cli):
    assert cli("test") == (1, "0 cases, 0 failed\n", "no case was found\n")


def test_one_bad_file_does_not_hide_the_others(cli, cases, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    cases["a"] = PlanError("bad case")
    cases["b"] = [case("two", "wrong")]
    called = cli("test", "a", "b", "c")
    assert called.code == 1
    assert called.out.endswith("1 cases, 1 failed\n")
    assert called.err == "plan: 1 problem\nbad case\nusage: 1 problem\nthere is no file or folder c\n"


@pytest.mark.usefixtures("cases")
def test_a_path_that_is_not_there_is_a_usage_error(cli):
    assert cli("test", "nowhere").code == 2
