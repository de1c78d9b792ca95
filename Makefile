# Two commands matter: `make up` and `make test`. `make help` lists all.
# Settings of a run are given as words: make up PORT=8001 VERBOSE=1

PYTHON ?= python3
VENV := .venv/bin
WORKERS ?= 2
# Tests that start the whole site wait for its pages: they run alone, after the others.
SITES := processes or browser
export HOST PORT VERBOSE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help up test check format format-check lint types contracts migrations-check test-outside \
        schema battery bench survival screenshots demo-sheet demo-originals shell reset lock clean runtime dev

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: runtime ## Start everything; Ctrl-C stops it and keeps the data (PORT=8000 HOST=127.0.0.1 VERBOSE=)
	@exec $(VENV)/python manage.py up

test: dev ## Run all tests: unit, PostgreSQL and Redis, headless Chromium (TESTS="tests/web -k vote")
ifdef TESTS
	@exec $(VENV)/python -m pytest $(TESTS)
else
	@$(VENV)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not ($(SITES))"
	@$(VENV)/python -m pytest -m "$(SITES)"
endif

check: format-check lint types contracts migrations-check test ## Everything CI checks, tests included

format: dev ## Format the code
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix-only .

format-check: dev
	$(VENV)/ruff format --check .

lint: dev ## Look for mistakes
	$(VENV)/ruff check .

types: dev ## Check the types
	$(VENV)/mypy

contracts: dev ## Check who may import whom
	$(VENV)/lint-imports

migrations-check: dev ## Fail if a model has changed without a migration
	$(VENV)/python -m tests.outside $(VENV)/python manage.py makemigrations --check --dry-run

test-outside: dev ## The browser story on servers named by DATABASE_URL and REDIS_URL
	$(VENV)/python -m tests.outside $(VENV)/python -m pytest tests/browser -k story

survival: dev ## Kill web and PostgreSQL during 20,000 votes (minutes); nothing acknowledged may be lost
	@SURVIVAL_VOTES=$(or $(VOTES),20000) $(VENV)/python -m pytest tests/survival/test_kills.py -q -s

schema: dev ## Ask the API by its OpenAPI document, longer and with other dice (CASES=200 SEED=0)
	@SCHEMA_CASES=$(or $(CASES),200) SCHEMA_SEED=$(or $(SEED),0) $(VENV)/python -m pytest tests/api/test_schema.py -q

battery: dev ## Every fault of every provider in other orders, races, kills, guards switched off (ROUNDS=5 SEED=0)
	@BATTERY_ROUNDS=$(or $(ROUNDS),5) BATTERY_SEED=$(or $(SEED),0) $(VENV)/python -m pytest \
	  tests/providers/test_battery.py tests/providers/test_conformance.py -q
	@BATTERY_ROUNDS=$(or $(ROUNDS),2) BATTERY_SEED=$(or $(SEED),0) BATTERY_SHARE=1 BATTERY_KILLS=all \
	  $(VENV)/python -m pytest tests/battery -q

bench: dev ## Measure the vote and the rating run against their limits
	@DURABLE=1 $(VENV)/python -m pytest tests/benchmarks -q -s -o python_files="bench_*.py" -o python_functions="bench_*"
	@$(VENV)/python -m tests.benchmarks.bench_scoring
	@$(VENV)/python -m tests.benchmarks.bench_studios
	@$(VENV)/python -m tests.benchmarks.bench_http
	@$(VENV)/python -m tests.benchmarks.bench_latency
	@$(VENV)/python -m tests.benchmarks.bench_paint
	@$(VENV)/python -m tests.benchmarks.bench_intake
	@$(VENV)/python -m tests.benchmarks.bench_worker

screenshots: dev ## Photograph every page of the running site into screenshots/
	$(VENV)/python -m tests.browser.screenshots --base http://$(or $(HOST),127.0.0.1):$(or $(PORT),8000) --out screenshots

demo-sheet: runtime ## Draw every challenge by every demo studio on one sheet: docs/images/demo-sheet.jpg
	@exec $(VENV)/python -m arena.studios.sheet docs/images/demo-sheet.jpg 224

demo-originals: runtime ## Draw the originals that ship with the demo anew: fixtures/originals/
	@exec $(VENV)/python -m arena.studios.originals fixtures/originals

shell: runtime ## Open a Python shell on the data while `make up` runs
	@exec $(VENV)/python manage.py shell

reset: runtime ## Forget all data of this checkout; refused while `make up` runs
	@exec $(VENV)/python manage.py reset

lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --upgrade --output-file requirements.lock pyproject.toml
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --group dev --constraint requirements.lock --upgrade \
	  --output-file requirements-dev.lock pyproject.toml

clean: ## Remove the environment and the tools' caches; the data stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis

runtime:
	@$(PYTHON) bootstrap.py

dev:
	@$(PYTHON) bootstrap.py --dev
