"""Every question has an answer: why, of each bonus of every plan, in the first golden case of its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from compplan.cases import run as cases

PLANS = Path(__file__).parents[2] / "plans"
FILES = sorted(PLANS.rglob("*.cases.yaml"))
LARGE = {"case-49-livegood.cases.yaml"}  # 65,535 members: too many without compiled kernels


def runs_of(file, monkeypatch):
    found = []
    monkeypatch.setattr(cases, "differences", lambda _, run, plan: found.append((run, plan)) or ())
    cases.run_cases(file)
    return found


@pytest.mark.parametrize(
    "file", [pytest.param(f, id=f.name, marks=pytest.mark.compiled if f.name in LARGE else ()) for f in FILES]
)
def test_why_agrees_with_the_pay(file, monkeypatch):
    for run, plan in runs_of(file, monkeypatch)[:2]:
        table = run.members.to_arrow().slice(0, 6)
        for bonus in plan.model.bonuses:
            for member, pay in zip(table["member_id"].to_pylist(), table[f"pay:{bonus}"].to_pylist(), strict=True):
                answer = run.why(member, bonus)
                assert answer.total == pay
                assert str(answer)
