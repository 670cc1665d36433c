# Sets up a virtual environment in .venv and runs clonescan, its checks and its builds in it.
#
#   make demo                      scan the repositories in fixtures/
#   make scan LEFT=... RIGHT=...   scan any two; OPTIONS="--top 5" passes options on
#   make test                      every check: ruff, mypy --strict, pytest
#   make wheel                     build the wheel into dist/
#   make bench                     measure accuracy and speed beside other tools; writes benchmarks/RESULTS.md
#                                  BENCH_OPTIONS="speed --runs 3" narrows it; benchmarks/bench.py --help
#   make background                rebuild the ecosystem's background; downloads the listed packages
#   make clean                     remove what the above made

PYTHON ?= python3
OPTIONS ?=
BENCH_OPTIONS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALLED := $(VENV)/.installed
DEVELOPING := $(VENV)/.developing
BENCHING := $(VENV)/.benching
BACKGROUND := clonescan/background/ecosystem.bin

export LEFT RIGHT

.DEFAULT_GOAL := help
.PHONY: help demo scan test lint types check bench wheel background clean

help:
	@sed -n 's/^#   //p' Makefile

demo: $(INSTALLED)
	$(BIN)/clonescan scan fixtures/original fixtures/disguised fixtures/bystander --top 6 $(OPTIONS)

scan: $(INSTALLED)
	@test -n "$$LEFT" && test -n "$$RIGHT" || { echo 'usage: make scan LEFT=... RIGHT=...' >&2; exit 2; }
	$(BIN)/clonescan scan "$$LEFT" "$$RIGHT" $(OPTIONS)

test: lint types check

lint: $(DEVELOPING)
	$(BIN)/ruff check clonescan tests benchmarks

types: $(DEVELOPING)
	$(BIN)/mypy --strict --no-error-summary clonescan
	MYPYPATH=benchmarks:tests $(BIN)/mypy --strict --no-error-summary --explicit-package-bases benchmarks tests

check: $(DEVELOPING)
	$(BIN)/python -m pytest

bench: $(BENCHING)
	$(BIN)/python benchmarks/bench.py $(BENCH_OPTIONS)

wheel: $(INSTALLED)
	$(PIP) wheel --no-deps --wheel-dir dist .
	@ls dist/*.whl

background: $(INSTALLED)
	$(BIN)/clonescan background build --out $(BACKGROUND)

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "clonescan needs Python 3.11 or newer, and $(PYTHON) is none; try make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; \
	  exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(INSTALLED): pyproject.toml | $(BIN)/python
	@echo "Installing clonescan into $(VENV)"
	@$(PIP) install --editable .
	@touch $@

$(DEVELOPING): pyproject.toml | $(BIN)/python
	@echo "Installing clonescan and its checks into $(VENV)"
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(INSTALLED)

$(BENCHING): pyproject.toml | $(BIN)/python
	@echo "Installing clonescan and the tools it is measured against into $(VENV)"
	@$(PIP) install --editable '.[bench]'
	@touch $@ $(INSTALLED)
