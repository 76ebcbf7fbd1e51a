"""The example plans that come with the package."""

from __future__ import annotations

from pathlib import Path


def example_plans() -> dict[str, Path]:
    """Return the example plans by name, as paths that `load_plan` takes.

    Examples
    --------
    >>> example_plans()["lakeside"].name
    'lakeside.yaml'
    """
    return {path.stem: path for path in sorted(_folder().glob("*.yaml")) if not path.name.endswith(".cases.yaml")}


def _folder() -> Path:
    """Return the folder of plans: inside the installed package, or of the checkout."""
    inside = Path(__file__).parent / "plans"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "plans"
