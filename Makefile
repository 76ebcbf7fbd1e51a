# Two commands do everything: `make demo` and `make test`. Each makes what it needs of .venv first, once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BOTH   := --numprocesses 2 --dist loadfile
PIP    := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: demo test lint bench schema constraints clean

demo: $(VENV)/demo.stamp
	$(BIN)/compplan demo

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest $(BOTH)
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest $(BOTH) -m "not compiled"
	NUMBA_BOUNDSCHECK=1 COMPPLAN_CACHE_DIR=$(VENV)/boundscheck $(BIN)/python -m pytest $(BOTH) -m kernels

lint: $(VENV)/lint.stamp
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy

bench: $(VENV)/test.stamp
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-disable-gc

schema: $(VENV)/demo.stamp
	$(BIN)/compplan schema --out schema/compplan.schema.json

constraints:
	$(PYTHON) -m venv $(VENV)-new
	$(VENV)-new/bin/python -m pip install --quiet -e ".[dev]"
	$(VENV)-new/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf $(VENV)-new

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "compplan needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP) -e ".[cli]"
	@touch $@

$(VENV)/test.stamp: $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP) -e ".[test]"
	@touch $@

$(VENV)/lint.stamp: $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP) -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .hypothesis .benchmarks
