"""`python -m compplan`: the command line."""

from __future__ import annotations

from compplan.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
