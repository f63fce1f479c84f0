# Every habit has one entry here. `make run` and `make test` do all their own set-up; the rest is listed in README.md.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
READY := $(VENV)/.ready

# uv does not read pip's configuration; where a machine names its package index for pip alone, uv is told it here.
TELL_INDEX = index="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url \
	2>/dev/null || true)}}}"; [ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# What was compiled once is kept, also where the environment says otherwise: compiling is nine tenths of a server's start.
export UV_COMPILE_BYTECODE = 1
unexport PYTHONDONTWRITEBYTECODE

# A failing simulation is replayed with the seed that it printed: make test SEED=…
NOW := $(shell date +%s)
SEED ?= $(NOW)
# A browser under another name: make e2e CHROMIUM=/path/to/chrome
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))
export CHROMIUM

WEB := build/.web-built
WEB_SOURCES := $(shell find mobile shared_models sync main.py locks/browser.txt -type f -not -name '*.pyc' 2>/dev/null)
# In the order in which they tell the most in the least time.
SUITES := $(notdir $(wildcard tests/unit tests/scenarios tests/convergence tests/rights tests/integration tests/e2e))
TYPED := shared_models sync server mobile
PYTEST := $(BIN)/python -m pytest
# Suites whose tests have a server or a world each run on both cores; a file that shares a browser stays on one.
WORKERS ?= 2
PARALLEL := $(PYTEST) -n $(WORKERS) --dist worksteal
SIMULATION := $(BIN)/python -m tests.convergence.simulation

.DEFAULT_GOAL := help
.PHONY: help setup run web test check-and-web unit convergence rights integration e2e check scenario scenarios coverage rules soak mutants bench screenshots lock system-packages clean

help:  ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# --- set-up ----------------------------------------------------------------------------------------------------------

setup: $(READY)  ## the Python environment in .venv, from hashed locks; nothing to do the second time

$(READY): locks/bootstrap.txt locks/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Showfloor needs Python 3.11 or newer; '$(PYTHON)' is older. Name another one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments (on Debian: apt-get install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/bootstrap.txt
	@$(TELL_INDEX); $(UV) pip sync --quiet --python $(BIN)/python --require-hashes locks/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

system-packages:  ## Chromium and a Chinese font through apt, where they are missing (Debian or Ubuntu, as root)
	@missing="$(if $(CHROMIUM),,chromium)"; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
	if [ -z "$$missing" ]; then echo "Nothing is missing; Chromium is $(CHROMIUM)."; exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "Missing: $$missing, and there is no apt-get here. Install Chromium by hand and name it:"; \
	  echo "  make e2e CHROMIUM=/path/to/chrome"; exit 1; fi; \
	if [ "$$(id -u)" -ne 0 ]; then \
	  echo "Missing: $$missing. Installing it needs root: sudo make system-packages"; exit 1; fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing

# --- the product -----------------------------------------------------------------------------------------------------

run: $(READY) $(WEB)  ## the server with demo data, serving the app; prints its address and a log-in per role
	$(BIN)/showfloor demo --if-empty
	$(BIN)/showfloor serve

web: $(WEB)  ## the installable browser app, into build/web

$(WEB): $(READY) $(WEB_SOURCES)
	$(BIN)/python -m mobile.browser.build
	@touch $@

# --- quality ---------------------------------------------------------------------------------------------------------

test: check-and-web $(SUITES)  ## everything, what is quick to tell first
	@echo "All of make test went through (seed of the simulations: $(SEED))."

# Each of the two keeps one core busy. What they say comes whole, where this make can do that.
check-and-web: $(READY)
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) check web

check: $(READY)  ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(TYPED)
	$(BIN)/lint-imports --no-logo

unit: $(READY)  ## the rules and parts, each alone
	$(PARALLEL) tests/unit

# The seeds and the sabotage take both cores by themselves.
ON_BOTH_CORES := tests/convergence/test_simulation.py tests/convergence/test_sabotage.py
convergence: $(READY)  ## the sync engine against drops, doubles, crashes, wrong clocks; SEED=… replays a run, SEEDS=… plays so many
	$(if $(filter command,$(origin SEED)),$(SIMULATION) --seed $(SEED),\
	  $(PARALLEL) $(addprefix --ignore ,$(ON_BOTH_CORES)) tests/convergence && SEEDS=$(or $(SEEDS),10000) $(PYTEST) $(ON_BOTH_CORES))

rights: $(READY)  ## who sees and does what: every table and every route, every role, and companies at random
	$(PARALLEL) tests/rights

integration: $(READY)  ## the real server, on SQLite and on PostgreSQL (a wheel brings one, or TEST_DATABASE_URL names one)
	$(PARALLEL) tests/integration

e2e: $(READY) $(WEB)  ## the real app in real Chromium
	@$(if $(CHROMIUM),:,$(MAKE) --no-print-directory system-packages)
	CHROMIUM="$${CHROMIUM:-$$(command -v chromium)}" $(PYTEST) -n $(WORKERS) --dist loadfile tests/e2e

scenarios: $(READY)  ## every scenario file through the real server, real sync and simulated devices; DATABASE=postgresql: all there too
	$(if $(filter postgresql,$(DATABASE)),SCENARIOS_ON_POSTGRESQL=all) $(PARALLEL) tests/scenarios

scenario: $(READY)  ## one scenario file, step by step: make scenario FILE=path/to/file.json (or a folder of them)
	@$(BIN)/python -m tests.scenarios $(FILE)

RULES := $(addprefix --cov=shared_models/,loyalty sales people designers office service)
rules: $(READY)  ## the rules of the business alone; fails where a branch of them is not tested
	$(PYTEST) tests/unit/shared_models $(RULES) --cov-branch --cov-fail-under=100 --cov-report=term

coverage: rules  ## branch coverage of what runs without a browser
	$(PYTEST) $(addprefix tests/,$(filter-out e2e,$(SUITES))) --cov --cov-report=term

soak: $(READY)  ## what takes hours: a million seeds from another one each time, 1,200 killed servers, a thousand devices
	$(SIMULATION) --seeds $(or $(SEEDS),1000000) --first $(SEED)
	FUZZ_FRAMES=1000000 FUZZ_SEED=$(SEED) DAMAGES=1000 DAMAGE_SEED=$(SEED) LIVE_DEVICES=1000 LIVE_SECONDS=600 \
	  $(PYTEST) tests/integration/resilience
	WORLDS=10000 WORLDS_SEED=$(SEED) $(PYTEST) tests/rights/test_random_worlds.py
	KILLS_SQLITE=1000 KILLS_POSTGRESQL=200 KILLS_SEED=$(SEED) $(PYTEST) tests/integration/sync
	SCENARIO_BREAKS=all SCENARIOS_ON_POSTGRESQL=all RANDOM_DAYS=500 $(PYTEST) tests/scenarios

MUTATED = sync shared_models/loyalty shared_models/sales shared_models/people shared_models/designers
mutants: $(READY)  ## change the engine and the rules in one place at a time: do the tests notice? SAMPLE=200 SEED=… estimates
	$(BIN)/python -m tools.mutants $(or $(ONLY),$(MUTATED)) $(if $(SAMPLE),--sample $(SAMPLE) --seed $(SEED)) \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(if $(RESUME),--resume --measured) $(if $(AGAIN),--again --measured)

bench: $(READY) $(WEB)  ## figures, one JSON object a line; ONLY=sync runs a part
	$(BIN)/python -m bench $(ONLY)

screenshots: $(READY) $(WEB)  ## every screen, phone and tablet, light and dark, into docs/screenshots; ONLY="counter en" takes a part
	CHROMIUM="$${CHROMIUM:-$$(command -v chromium)}" $(BIN)/python -m tests.e2e.tours $(ONLY)

# --- upkeep ----------------------------------------------------------------------------------------------------------

COMPILE := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header \
	$(if $(UPGRADE),--upgrade)

lock: $(READY)  ## the locks again after a change of pyproject.toml; UPGRADE=1 takes newer versions too
	@$(TELL_INDEX); echo uv | $(COMPILE) --output-file locks/bootstrap.txt -
	@$(TELL_INDEX); $(COMPILE) pyproject.toml --extra server --output-file locks/server.txt
	@$(TELL_INDEX); $(COMPILE) pyproject.toml --extra server --extra dev --output-file locks/dev.txt

clean:  ## what was built; the environment and the data in var/ stay
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
