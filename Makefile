# The two commands that matter: `make serve` and `make test`. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Some machines forbid bytecode files: each of our processes would then compile all of Rasa anew.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
GOLD ?= knowledge/gold
PACKAGES := language safety knowledge clinic visitors bot actions kap

.PHONY: help
help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: serve
serve: install ## install what is missing, prepare, start the assistant, print where to chat
	@$(BIN)/kap serve

.PHONY: install
install: $(VENV)/installed ## make .venv with the `kap` command

.PHONY: install-dev
install-dev: $(VENV)/installed-dev ## the same, with what tests and checks need

$(VENV)/installed: requirements.lock pyproject.toml scripts/install
	@if [ ! -e $(VENV)/installed-dev ]; then scripts/install requirements.lock; else scripts/install requirements-dev.lock; fi
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml scripts/install
	@scripts/install requirements-dev.lock
	@touch $(VENV)/installed $@

.PHONY: test
test: install-dev ## every test: real Rasa, processes, database, browser
	@$(BIN)/python -m pytest

.PHONY: test-web
test-web: install-dev ## the tests of the web chat alone: its server, and its widget
	@$(BIN)/python -m pytest tests/web tests/browser

.PHONY: test-fast
test-fast: install-dev ## the tests that start nothing
	@$(BIN)/python -m pytest -m "not slow"

.PHONY: check
check: install-dev ## format, lint, types, who imports whom, Rasa data, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(PACKAGES)
	@$(BIN)/lint-imports
	@$(BIN)/kap knowledge check
	@scripts/check-rasa-data
	@scripts/check-generated
	@scripts/check-widget

.PHONY: format
format: install-dev ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: bench
bench: install-dev ## time and memory beside the stock Rasa pipeline, as a table
	@$(BIN)/python -m benchmarks.against_stock

.PHONY: bench-answers
bench-answers: install-dev ## right behaviour beside BM25, MiniLM and stock Rasa: GOLD=folder of questions
	@$(BIN)/python -W ignore -m benchmarks.answers --gold $(GOLD)

.PHONY: bench-search
bench-search: install-dev ## time of one search, for up to 1,000 answers
	@$(BIN)/python -W ignore -m benchmarks.search_speed

.PHONY: bench-assess
bench-assess: install-dev ## time of one crisis assessment, by length, on one core
	@taskset -c 0 $(BIN)/python -W ignore -m benchmarks.assess_speed

.PHONY: bench-web
bench-web: install-dev ## 200 visitors chatting at once, beside Rasa's rest channel
	@$(BIN)/python -W ignore -m benchmarks.web_load

.PHONY: bench-sms
bench-sms: install-dev ## 500 people texting within a minute, beside Rasa's Twilio channel
	@$(BIN)/python -W ignore -m benchmarks.sms_load

.PHONY: bench-widget
bench-widget: install-dev ## start of the widget on a slow phone, beside rasa-webchat
	@$(BIN)/python -W ignore -m benchmarks.widget_start

.PHONY: fit-safety
fit-safety: install-dev ## train the crisis model that is shipped, and print its curve
	@$(BIN)/python -W ignore -m safety.fitting

.PHONY: lock
lock: ## write the lock files anew from pyproject.toml
	@scripts/lock

.PHONY: clean
clean: ## remove the environment and what tests leave; never the database or keys in var/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .rasa
