from __future__ import annotations

import io
import sys

from compplan.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_at_a_terminal_the_steps_are_shown_on_stderr(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as step:
        step("read [members]", 0, 2)
        step("pay unilevel", 1, 2)
    assert "pay unilevel" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_elsewhere_nothing_is(capsys):
    with progress() as step:
        step("read members", 0, 2)
    assert capsys.readouterr() == ("", "")
