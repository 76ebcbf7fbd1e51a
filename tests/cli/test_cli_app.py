from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

import compplan
from compplan.cli import main
from compplan.cli.app import COMMANDS
from compplan.cli.console import complain
from compplan.errors import DataError, PlanError, Problem, UsageError


def test_help_lists_all_commands_with_what_they_do(cli):
    called = cli("--help")
    assert called.code == 0
    assert all(name in called.out for name in COMMANDS)
    assert "Run a plan over one period." in called.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_without_loading_the_engine(python, command):
    code = f"""
import sys
from compplan.cli import main
assert main([{command!r}, "--help"]) == 0
assert not {{"numba", "numpy", "pyarrow"}} & sys.modules.keys()
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert "Usage: compplan" in done.stdout


def test_without_words_there_is_help(cli):
    assert "Usage: compplan" in cli().out


def test_version_is_one_line(cli):
    called = cli("--version")
    assert (called.code, len(called.out.splitlines())) == (0, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], 'Did you mean "check"?'),
        (["check"], "PLAN"),
        (["check", "plan.yaml", "--member", "x"], "--member"),
        (["run", "plan.yaml", "--members", "m.csv"], "--period"),
        (["run", "plan.yaml", "--members", "m", "--period", "2026", "--format", "xlsx"], "xlsx"),
        (["run", "plan.yaml", "--members", "m", "--period", "2026", "--threads", "two"], "two"),
        (["describe", "plan.yaml", "another.yaml"], "another.yaml"),
    ],
)
def test_bad_arguments_are_told_on_stderr_with_exit_code_2(cli, words, said):
    called = cli(*words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("usage: 1 problem\n")
    assert said in called.err
    assert "hint: see compplan" in called.err


@pytest.mark.usefixtures("files")
def test_it_is_also_a_module(python):
    done = python("-m", "compplan", "check", "plan.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert python("-m", "compplan", "check", "none.yaml").returncode == 2


@pytest.mark.parametrize("missing", ["cyclopts", "rich"])
def test_without_the_extra_one_line_says_how_to_get_it(python, missing):
    done = python(
        "-c",
        f"import sys; sys.modules[{missing!r}] = None; from compplan.cli import main; sys.exit(main([]))",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f'the command line needs {missing}: pip install "compplan[cli]"\n'


@pytest.mark.usefixtures("files")
def test_a_stop_is_not_a_crash(cli, monkeypatch):
    def stopped(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("compplan.plan.load.load_plan", stopped)
    called = cli("check", "plan.yaml")
    assert (called.code, called.out, called.err) == (130, "", "compplan: stopped\n")


@pytest.mark.usefixtures("files")
def test_a_system_error_is_a_line(cli, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device", "out")

    monkeypatch.setattr("compplan.plan.load.load_plan", full)
    called = cli("check", "plan.yaml")
    assert (called.code, called.out) == (1, "")
    assert called.err == "compplan: [Errno 28] No space left on device: 'out'\n"


def test_a_reader_that_leaves_is_no_error():
    code = "import sys; from compplan.cli import main; sys.exit(main(['schema']))"
    env = {**os.environ, "PYTHONPATH": str(Path(compplan.__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), err) == (141, b"")


def test_errors_of_one_kind_stand_under_one_heading_once(capsys):
    same = Problem("a", "first")
    errors = [
        DataError(same),
        UsageError("third"),
        PlanError("zero"),
        DataError([same, Problem("b", "second")]),
    ]
    assert complain(errors) == 1
    assert capsys.readouterr().err == (
        "plan: 1 problem\nzero\ndata: 2 problems\nfirst\nsecond\nusage: 1 problem\nthird\n"
    )
    assert complain([UsageError("only")]) == 2


@pytest.mark.usefixtures("files")
def test_the_garbage_collector_is_left_as_it_was():
    before = gc.get_threshold()
    main(["check", "plan.yaml"])
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


@pytest.mark.usefixtures("files")
def test_output_to_a_pipe_is_wide_and_has_no_colours(python, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    done = python("-m", "compplan", "inputs", "plan.yaml")
    assert "\x1b" not in done.stdout
    assert 'id of the parent in the tree "enrollment"; empty for roots' in done.stdout
