# One word a task. `make run` and `make test` need nothing but Python 3.11 or newer; they make their own .venv.
PYTHON ?= python3
OUT ?= runs/washtenaw
WORKERS ?= 2
TESTS ?= tests

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

UV := $(shell command -v uv 2>/dev/null)
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo 2>/dev/null)
DEBIAN := chromium fontconfig fonts-dejavu-core fonts-liberation

.PHONY: help setup run test check bench verify example lock ci-system
.DEFAULT_GOAL := help

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: .venv/installed ## Make the private environment in .venv from the hash-pinned lock

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 setup")'
	@start=$$(date +%s); \
	if [ -n "$(UV)" ]; then \
		{ [ -d .venv ] || $(UV) venv --quiet --python $(PYTHON) .venv; } && \
		$(UV) pip install --quiet --python .venv --require-hashes -r requirements.lock && \
		$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation -e . ; \
	else \
		$(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi && echo "installing: $$(( $$(date +%s) - start )) s"
	@touch $@

run: setup ## Run the default study: from a county's money to a report
	$(BIN)/bothand run washtenaw --out $(OUT)

test: setup ## Run the tests
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --benchmark-disable $(TESTS)

check: setup ## Style, types, layers and words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house/test_words_for_people.py

bench: setup $(if $(QUICK),,.venv-bench/installed) ## Time BothAnd beside others, and write benchmarks/latest.json (QUICK=1: a small run, nothing written)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

# The peers that BothAnd is measured beside have an environment of their own. Without them their rows stay empty.
.venv-bench/installed: benchmarks/requirements.lock
	@if [ -n "$(UV)" ]; then \
		{ [ -d .venv-bench ] || $(UV) venv --quiet --python $(PYTHON) .venv-bench; } && \
		$(UV) pip install --quiet --python .venv-bench --require-hashes -r benchmarks/requirements.lock ; \
	else \
		$(PYTHON) -m venv .venv-bench && \
		.venv-bench/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check --require-hashes \
			-r benchmarks/requirements.lock ; \
	fi && touch $@ || echo "The peers could not be installed; their rows will say so."

verify: setup ## Run the published cases, then set the engines beside each other, then decide in full; about ten minutes on two cores
	$(BIN)/bothand verify --engines --out verification/results.json
	BOTHAND_LONG=1 $(BIN)/python -m pytest -q tests/house/test_docs.py -k "works and README"

example: setup ## Make the report in docs/example anew
	$(BIN)/bothand run washtenaw --out build/example
	mkdir -p docs/example
	cp build/example/report.html docs/example/washtenaw.html
	cp build/example/summary.json docs/example/summary.json
	$(BIN)/python docs/make_picture.py

lock: ## Pin every dependency anew, by hash and without any address (needs uv)
	printf 'hatchling\neditables\n' | uv pip compile pyproject.toml - --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock
	uv pip compile benchmarks/requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file benchmarks/requirements.lock

ci-system: ## Install the Debian packages that the tests use, a browser among them
	@missing=$$(for p in $(DEBIAN); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		$(SUDO) apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get -qq -y --no-install-recommends install $$missing >/dev/null; \
	fi
