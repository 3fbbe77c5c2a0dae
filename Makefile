# Everything a machine is asked to do with this project; `make help` lists it.
# A step that is done leaves a stamp, so that the second `make run` starts at once.

PORT ?= 8501
LIAOHE_HOST ?= 127.0.0.1
export PORT LIAOHE_HOST

PYTHON := .venv/bin/python
WEB := layers/web
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run setup setup-tests test test-fast test-browser lint format screenshots bench lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: setup ## Set up what is missing and serve the application on http://localhost:8501 (PORT, LIAOHE_HOST)
	@exec $(PYTHON) -m streamlit run app.py --server.port "$(PORT)" --server.address "$(LIAOHE_HOST)" --server.headless true

setup: .venv/runtime.stamp $(WEB)/dist/built.stamp ## Install what the application needs; start nothing
	@setup/system-packages fonts || echo "Without a Chinese font everything works but plan sheets." >&2

setup-tests: setup .venv/tests.stamp ## Install what the tests need as well
	@setup/system-packages tests

test: setup-tests ## Everything the tests need, then lint, types, import contracts and all tests, browser included
	@setup/test

test-fast: setup .venv/tests.stamp ## Tests without a browser, PostgreSQL and those that start many processes
	@$(PYTHON) -m pytest -n 2 -m "not browser and not postgres and not slow"

test-browser: setup-tests ## Tests in a real Chromium
	@$(PYTHON) -m pytest -m browser

lint: .venv/tests.stamp ## Lint, format check, types and import contracts
	@setup/lint

format: .venv/tests.stamp ## Put the Python code in form
	@$(PYTHON) -m ruff check --fix --quiet .
	@$(PYTHON) -m ruff format .

screenshots: setup-tests ## Make docs/images anew from the running application
	@LIAOHE_SCREENSHOTS=docs/images $(PYTHON) -m pytest -m browser tests/browser/test_screenshots.py

bench: setup-tests ## Measure, and write what was measured under bench/
	@setup/bench

lock: .venv/runtime.stamp ## Resolve the pinned requirements anew from pyproject.toml
	@setup/lock

clean: ## Remove what set-up made; the store stays
	rm -rf .venv $(WEB)/node_modules $(WEB)/dist

.venv/runtime.stamp: requirements.txt setup/python-environment
	@setup/python-environment requirements.txt
	@touch $@

.venv/tests.stamp: requirements-dev.txt .venv/runtime.stamp
	@setup/python-environment requirements-dev.txt
	@touch $@

$(WEB)/node_modules/installed.stamp: $(WEB)/package.json $(WEB)/package-lock.json setup/npm | .venv/runtime.stamp
	@echo "Installing the map's scripts"
	@cd $(WEB) && ../../setup/npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(WEB)/dist/built.stamp: $(WEB)/node_modules/installed.stamp $(WEB_SOURCES)
	@cd $(WEB) && ../../setup/npm run --silent build
	@touch $@
