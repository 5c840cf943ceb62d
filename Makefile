# tradebus: what can be made; `make help` lists it. Needs nothing but make and a python3.

SHELL := /bin/sh
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
# Without --no-sync every command would look for changes that `setup` has already looked for.
RUN := $(UV) run --no-sync
STAMP := .venv/.setup
COVERED := tradebus/model/*,tradebus/features/*,tradebus/strategies/*,tradebus/sizers/*,tradebus/risk/*,$\
	tradebus/matching/*,tradebus/analytics/*,$\
	tradebus/bus.py,tradebus/mailbox.py,tradebus/supervisor.py,tradebus/events/*,tradebus/clock.py

# Python that may not keep its bytecode compiles every library again at every start, which doubles the time of most.
unexport PYTHONDONTWRITEBYTECODE

# Large data sets that are not part of the project; tests that need them are skipped where they are missing.
DATA := $(wildcard ../shared/data)
ifneq ($(DATA),)
export TRADEBUS_DATA ?= $(abspath $(DATA))
endif

.DEFAULT_GOAL := help
.PHONY: where-is-uv help setup demo test slow check format lint types layers fix cover bench bench-quick lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 13

setup: $(STAMP) ## install everything into .venv

# Libraries are compiled when first imported: compiling all 3,800 files at once takes 16 s, what the demo needs 2 s.
$(STAMP): pyproject.toml | $(filter .uv/%,$(UV))
	$(UV) sync --quiet
	@touch $@

# From another folder, because a pyenv without the Python of .python-version has no python3 in this one.
.uv/bin/uv:
	cd / && python3 -m venv $(CURDIR)/.uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

where-is-uv: setup
	@echo $(abspath $(UV))

demo: setup ## backtest the bundled sample of AAPL, 2011-2014
	$(RUN) tradebus backtest --symbol AAPL --start 2011-01-03 --end 2014-12-31

test: setup ## the fast tests
	$(RUN) pytest -n auto

slow: setup ## the tests that take minutes
	$(RUN) pytest -m slow

check: format lint types layers ## all static checks

format: setup ## code is formatted
	$(RUN) ruff format --check .

lint: setup ## ruff's rules hold
	$(RUN) ruff check .

types: setup ## mypy --strict
	$(RUN) mypy

layers: setup ## imports point down only
	$(RUN) lint-imports

fix: setup ## format, and mend what ruff can mend
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

cover: setup ## at least 95 % of the branches of the pure domain and the bus are tested
	$(RUN) coverage erase
	$(RUN) coverage run -m pytest tests/unit tests/contract
	$(RUN) coverage report --fail-under=95 --skip-covered --show-missing --include='$(COVERED)'

bench: setup ## measure bars per second
	$(RUN) python -m tests.bench.run

bench-quick: setup ## the same with a tenth of the bars
	$(RUN) python -m tests.bench.run --quick

lock: setup ## pin the newest versions of all dependencies in pyproject.toml
	$(RUN) python .ci/lock.py
	$(UV) sync

clean: ## remove all that was derived
	rm -rf .venv .uv uv.lock dist runs htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find tradebus tests .ci -name __pycache__ -prune -exec rm -rf {} +
