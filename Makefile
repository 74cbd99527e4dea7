# PMO Bridge. `make help` lists the targets; each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
PIN = $(BIN)/pip-compile --quiet --strip-extras --no-header --no-annotate
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM

.PHONY: help demo test check format bench faults lock clean
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-8s %s\n", $$1, $$2}'

.venv/tool: requirements.txt demo/requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -r demo/requirements.txt
	@touch $@

.venv/dev: .venv/tool requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: .venv/tool ## everything from nothing: database, curriculum, tool, worker, demo LMS
	$(BIN)/python -m demo

test: .venv/dev ## everything from nothing: all tests
	$(BIN)/pytest -n auto --dist worksteal

check: .venv/dev ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(MAKE) test

format: .venv/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev ## measure what the README says of costs, in some six minutes
	$(BIN)/python -m bench --saving-seconds 20

faults: .venv/dev ## kill workers and the broker at random, and prove that no score is lost
	$(BIN)/python -m faults

lock: .venv/dev ## pin anew from pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check pip-tools
	$(PIN) -U -o requirements.txt pyproject.toml
	$(PIN) --extra demo -c requirements.txt -o demo/requirements.txt pyproject.toml
	$(PIN) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	$(PIN) --allow-unsafe -U -o tests/interop/requirements-xblock.txt tests/interop/requirements-xblock.in
	sed -i '/^--/d' requirements.txt requirements-dev.txt demo/requirements.txt tests/interop/requirements-xblock.txt

clean: ## remove what the other targets made
	rm -rf .venv .venv-xblock var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
