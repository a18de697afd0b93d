# Le Fanal. `make demo` needs Python 3.11 or newer, nothing else.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN = .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test torture lint format bench messages lock clean

# What is installed: names, versions and hashes, written by `make lock` from pyproject.toml.
LOCKS = deploy/requirements
INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r
COMPILE = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade)

help:
	@echo "make demo    the demo newspaper, until Ctrl-C (PORT=8000 HOST=127.0.0.1)"
	@echo "make test    every test: in node, on SQLite, on a real PostgreSQL, behind nginx, in Chromium"
	@echo "make torture clocks killed, databases that fall, eight writers on one text, an installation: minutes"
	@echo "make lint    every check of the code;  make format puts it in shape"
	@echo "make bench   how long the pages take;  make messages updates the French;  make clean"
	@echo "make lock    takes a change of pyproject.toml into the locks;  UPGRADE=1 takes the newest of everything"

# The demo newspaper, with its server and its clock, until Ctrl-C.
demo: .venv/runs
	@HOST="$(HOST)" PORT="$(PORT)" exec $(BIN)/python deploy/demo.py

# Everything: in node, on SQLite, on a real PostgreSQL, behind a real nginx, in a real Chromium.
test: .venv/develops
	@$(BIN)/python tests/run.py

# The long form of what `make test` runs of tests/torture, on both engines, and an installation as the README has it.
torture: .venv/develops
	@$(BIN)/python tests/run.py torture

lint: .venv/develops
	@$(BIN)/python tests/lint.py

format: .venv/develops
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tests/wrapping.py --write

# How long an article's page takes, and how many queries. Asserts no time: machines differ.
bench: .venv/develops
	@NEWSROOM_MODE=demo $(BIN)/python -m pytest -q -s -p no:randomly tests/bench

# After a change of a message: write the catalogue, translate, then compile it.
messages: .venv/develops
	$(BIN)/python tests/catalogue.py --write

# After a change of pyproject.toml. Keeps the versions that still fit; UPGRADE=1 takes the newest ones within the bounds.
# uv comes from PyPI into an environment that is thrown away: nothing else here needs it.
lock:
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(PYTHON) -m venv "$$folder"; \
	"$$folder/bin/python" -m pip install -qq --disable-pip-version-check 'uv>=0.13,<0.14'; \
	"$$folder/bin"/$(COMPILE) --output-file $(LOCKS)/run.txt; \
	"$$folder/bin"/$(COMPILE) --extra dev --constraint $(LOCKS)/run.txt --output-file $(LOCKS)/dev.txt; \
	"$$folder/bin"/$(COMPILE) --extra pgserver --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/pgserver.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "No virtual environment could be made: on Debian, apt install python3-venv"; exit 1; }

.venv/runs: .venv/bin/python $(LOCKS)/run.txt
	@echo "Installing what the newsroom stands on…"
	@$(INSTALL) $(LOCKS)/run.txt
	@touch $@

# dev.txt names all that run.txt does, in the same versions
.venv/develops: .venv/bin/python $(LOCKS)/run.txt $(LOCKS)/dev.txt
	@echo "Installing what the newsroom and its tests stand on…"
	@$(INSTALL) $(LOCKS)/dev.txt
	@touch .venv/runs $@

clean:
	rm -rf .venv var node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
