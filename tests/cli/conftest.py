from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import compplan
from compplan.cli import main

SOURCES = str(Path(compplan.__file__).parents[1])

PLAN = """\
compplan: 1
name: Small
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees:
  enrollment: {parent: sponsor_id}
volumes:
  pv: {sum: orders.qv, credit: distributor}
  sales: {sum: orders.amount, credit: distributor, buyers: customers}
  gv: {roll_up: pv}
counts:
  active_front: {count: active, among: frontline}
conditions:
  active: pv >= 100
ranks:
  ladder:
    member: []
    bronze: [active, active_front >= 2]
    silver:
      - active
      - gv >= 500, at most 50% from one leg
      - 2 legs with active
    gold: [1 leg with silver, 1 leg with bronze]
bonuses:
  retail:
    kind: retail
    of: sales
    rates: {member: 10%, bronze: 20%}
    pay_when: active
  club:
    kind: tier
    by: active_front
    amounts: {1: 5, 2: 20}
payout: {minimum: 25}
"""
PATCH = """\
compplan_patch: 1
name: doubled
set: {bonuses.retail.rates.member: 20%}
"""
MEMBERS = """\
member_id,sponsor_id,kind
ann,,distributor
bob,ann,distributor
cid,ann,distributor
dan,bob,distributor
eve,bob,distributor
cus,dan,customer
fay,cid,distributor
"""
ORDERS = """\
order_id,member_id,date,qv,amount
o1,ann,2026-10-05,150,150
o2,bob,2026-10-05,120,120
o3,cid,2026-10-06,100,100
o4,dan,2026-10-07,100,90
o5,eve,2026-10-08,130,130
o6,cus,2026-10-31,40,1055.55
o7,fay,2026-10-09,80,80
"""


class Called(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys):
    def call(*words):
        code = main([str(word) for word in words])
        return Called(code, *capsys.readouterr())

    return call


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with a plan, a patch, members and orders; the current one."""
    monkeypatch.chdir(tmp_path)
    contents = {"plan.yaml": PLAN, "patch.yaml": PATCH, "members.csv": MEMBERS, "orders.csv": ORDERS}
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def data(files):
    """The arguments that name the files of `files`."""
    assert (files / "members.csv").exists()
    return ("--members", "members.csv", "--orders", "orders.csv", "--period", "2026-10")


@pytest.fixture
def python():
    """Run Python in a process of its own, with this compplan."""

    def call(*words, **options):
        env = {**os.environ, "PYTHONPATH": SOURCES}
        return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, env=env, **options)

    return call
