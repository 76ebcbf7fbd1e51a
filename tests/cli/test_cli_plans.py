from __future__ import annotations

import json

import pytest

import compplan as cp


def test_describe_is_the_plan_in_words(cli, files):
    called = cli("describe", "plan.yaml")
    assert called == (0, cp.load_plan(files / "plan.yaml").describe(), "")
    assert cli("describe", "plan.yaml", "--patch", "patch.yaml").out != called.out


def test_inputs_names_each_column(cli, files):
    needed = cp.load_plan(files / "plan.yaml").required_inputs()
    called = cli("inputs", "plan.yaml")
    assert called.code == 0
    shown = " ".join(called.out.split())  # a long text goes on below, in its column
    for columns in needed.values():
        for name, holds in columns.items():
            assert f"{name} {holds}" in shown
    assert json.loads(cli("inputs", "plan.yaml", "--json").out) == needed


def test_schema_goes_to_stdout_or_into_a_file(cli, files):
    assert json.loads(cli("schema").out) == cp.json_schema()
    called = cli("schema", "--out", "new/plan.schema.json")
    assert called == (0, "written to new/plan.schema.json\n", "")
    assert json.loads((files / "new" / "plan.schema.json").read_text()) == cp.json_schema()


@pytest.mark.usefixtures("files")
def test_schema_refuses_what_cannot_be_a_file(cli):
    assert cli("schema", "--out", ".").code == 2
    called = cli("schema", "--out", "plan.yaml/schema.json")
    assert (called.code, called.out) == (2, "")
    assert "plan.yaml is a file" in called.err


def test_a_bad_plan_is_told(cli, files):
    (files / "plan.yaml").write_text("compplan: 1\n")
    for command in ("describe", "inputs"):
        called = cli(command, "plan.yaml")
        assert (called.code, called.out) == (1, "")
        assert called.err.startswith("plan: ")
