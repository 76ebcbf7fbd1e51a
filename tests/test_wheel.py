"""What is installed: the wheel's content, the committed schema, and kernels that are never stale."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import compplan as cp
from compplan import jit

ROOT = Path(__file__).parents[1]
PACKAGE = Path(jit.__file__).parent


def python(code, folder, **environment):
    """Run code in a new interpreter that imports from a folder; return what it prints."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("NUMBA", "COMPPLAN", "PYTHON"))}
    clean |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# ---- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


def content_of(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_has_the_whole_package_and_nothing_else(wheel):
    found = {name for name in content_of(wheel) if ".dist-info/" not in name}
    expected = {f"compplan/{path.relative_to(PACKAGE).as_posix()}" for path in PACKAGE.rglob("*.py")}
    expected |= {
        f"compplan/plans/{path.relative_to(ROOT / 'plans').as_posix()}" for path in (ROOT / "plans").rglob("*.yaml")
    }
    expected |= {"compplan/py.typed", "compplan/compplan.schema.json"}
    assert found == expected


def test_the_wheel_carries_its_licence_and_command(wheel):
    names = {
        name.partition(".dist-info/")[2]: text for name, text in content_of(wheel).items() if ".dist-info/" in name
    }
    assert b"compplan = compplan.cli:main" in names["entry_points.txt"]
    assert "licenses/LICENSE" in names
    assert b"Requires-Python: >=3.11" in names["METADATA"]


def test_the_schema_in_the_wheel_and_in_the_repository_is_the_language(wheel):
    schema = json.dumps(cp.json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert (ROOT / "schema" / "compplan.schema.json").read_text(encoding="utf-8") == schema, "run: make schema"
    assert content_of(wheel)["compplan/compplan.schema.json"] == schema.encode()


def test_the_unpacked_wheel_finds_its_own_plans(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "import compplan as cp; p = cp.example_plans()['lakeside']; print(p, cp.load_plan(p).hash)"
    path, found = python(code, tmp_path).split()
    assert Path(path) == tmp_path / "compplan" / "plans" / "lakeside.yaml"
    assert found == cp.load_plan(ROOT / "plans" / "lakeside.yaml").hash


# ---- the kernel cache

HELPER = "from numba import njit\n\n@njit\ndef share(x):\n    return x * {factor}\n"
CALLER = """
from compplan.jit import kernel
from compplan.helper_kernels import share

@kernel
def pay(x):
    return share(x)
"""
ASK = "from compplan.caller_kernels import pay; print(pay(7), *pay.stats.cache_hits.values())"


def install(folder, factor, caller):
    """Put a tiny stand-in of the package in its place: our `jit`, a helper kernel, and a kernel that calls it.

    An update that changes the helper alone leaves the caller's file as it is, with its time stamp.
    """
    package = folder / "compplan"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    shutil.copyfile(jit.__file__, package / "jit.py")
    (package / "helper_kernels.py").write_text(HELPER.format(factor=factor))
    path = package / "caller_kernels.py"
    path.write_text(caller)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


@pytest.mark.compiled
def test_an_update_of_a_helper_kernel_never_runs_old_machine_code(tmp_path):
    place, shared = tmp_path / "site", {"COMPPLAN_CACHE_DIR": str(tmp_path / "cache")}
    assert python(ASK, install(place, 2, CALLER), **shared) == "14"
    assert python(ASK, install(place, 2, CALLER), **shared) == "14 1", "unchanged sources come from the cache"
    assert python(ASK, install(place, 3, CALLER), **shared) == "21"
    assert len(list((tmp_path / "cache").iterdir())) == 2, "a folder for each digest of the sources"


@pytest.mark.compiled
def test_numba_alone_would_run_old_machine_code(tmp_path):
    """The control: without the digest, Numba looks at the caller's file alone, and serves what is stale."""
    plain = CALLER.replace("from compplan.jit import kernel", "import numba").replace(
        "@kernel", "@numba.njit(cache=True)"
    )
    place, shared = tmp_path / "site", {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert python(ASK, install(place, 2, plain), **shared) == "14"
    assert python(ASK, install(place, 3, plain), **shared) == "14 1", "should be 21"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the package's sources that digests are made of instead of the package."""
    copy = tmp_path / "compplan"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(jit, "__file__", str(copy / "jit.py"))
    return copy


def digest(path):
    jit._imported.cache_clear()
    return jit.sources_digest.__wrapped__(path)


def kernel_files():
    marks = ("@kernel", "@inline", "njit(", "@njit", "@vectorize", "@guvectorize", "@intrinsic")
    return [path for path in sorted(PACKAGE.rglob("*.py")) if any(mark in path.read_text() for mark in marks)]


def imported(path):
    """Return the files of our package that a file imports when it runs."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("compplan"):
            found.add(PACKAGE.parent.joinpath(*node.module.split(".")).with_suffix(".py"))
    return found


def test_the_digest_of_a_kernel_covers_all_that_is_compiled_with_it(copied):
    """Whatever a compiled function reads, constants of other modules as well, is in the digest of its file."""
    left_out = []
    for path in kernel_files():
        own = copied / path.relative_to(PACKAGE)
        for other in (path, *imported(path)):
            before, copy = digest(own), copied / other.relative_to(PACKAGE)
            copy.write_text(copy.read_text() + "\n# changed\n")
            if digest(own) == before:
                left_out.append((path.name, other.name))
    assert left_out == []


def test_the_digest_of_a_kernel_leaves_out_what_it_does_not_import(copied):
    own = copied / "ranks" / "kernels.py"
    before = digest(own)
    (copied / "volumes" / "leg_kernels.py").write_text("")
    assert digest(own) == before


def test_without_a_writable_place_there_is_no_cache_and_no_error(tmp_path, monkeypatch):
    own = Path(jit.__file__)

    def chosen():
        return jit.cache_folder.__wrapped__(own)

    monkeypatch.setattr(jit.config, "CACHE_DIR", "")
    monkeypatch.delenv("COMPPLAN_CACHE_DIR", raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    assert chosen() is None
    monkeypatch.setenv("COMPPLAN_CACHE_DIR", str(tmp_path))
    assert chosen() == str(tmp_path / f"kernels-{jit.sources_digest(own)}")
    monkeypatch.setattr(jit.tempfile, "TemporaryFile", read_only)
    assert chosen() is None


def no_home(_path):
    raise RuntimeError("Could not determine home directory.")


def read_only(**_where):
    raise PermissionError("Read-only file system")


@pytest.mark.compiled
def test_kernels_run_where_nothing_can_be_kept(tmp_path):
    assert python(ASK, install(tmp_path, 2, CALLER), COMPPLAN_CACHE_DIR="/dev/null/cache") == "14"
    assert not list(tmp_path.rglob("*.nbi"))
