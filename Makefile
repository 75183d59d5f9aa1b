# Tidemark's commands. Needs Python 3.11 or newer and make; `make` alone lists the targets.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The first interpreter that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
PORT    ?= 8080
DEMO    ?=
DATA    ?= data
WORKERS ?= 2
ARGS    ?=
RESULTS ?= results.json
CALLS   ?= 10000
CASES   ?= 1000000
RUNS    ?= 1000
SEED    ?= 1
CLIENTS ?= 8
RUNS_ON_AWS ?= 20
ROUNDS  ?= 3
PARSER_CASES ?= 10000000
SECONDS_OF_LOAD ?= 600

.PHONY: help
help: ## list the targets
	@echo "make run [PORT=8080] [DEMO=1]   sets everything up and serves on http://127.0.0.1:PORT"
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' \
		| awk -F '\t' '{printf "  %-12s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(STAMP) ## create the virtual environment and install everything that run and test need

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Tidemark needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@echo "Setting up Tidemark in $(CURDIR)/$(VENV): once, for about three minutes."
	@test -x $(BIN)/python || { echo "  1 of 3  a virtual environment by $(PYTHON) ($$($(PYTHON) --version))"; $(PYTHON) -m venv $(VENV); }
	@echo "  2 of 3  $$(grep -c == constraints.txt) packages, about 800 MB on disk"
	@install() { $(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 5 --timeout 60 --no-deps \
			--requirement constraints.txt --editable . ; }; \
		install || { echo "Trying once more" >&2; sleep 5; install; } \
		|| { echo "The packages could not be installed; see the messages above." >&2; exit 1; }
	@$(BIN)/python -m pip check --disable-pip-version-check >/dev/null || { $(BIN)/python -m pip check; \
		echo "constraints.txt does not fit pyproject.toml: install what is missing and call 'make lock'." >&2; exit 1; }
	@echo "  3 of 3  a database that tells the countries of addresses"
	@$(BIN)/python -m tidemark.cli.location_database
	@echo "Tidemark is set up."
	@touch $@

.PHONY: city-database
city-database: setup ## fetch a database of cities (130 MB, CC BY 4.0 by DB-IP) into DATA
	@$(BIN)/python -m tidemark.cli.location_database $(DATA)

.PHONY: lock
lock: ## write the versions that are installed to constraints.txt
	@$(BIN)/python -m pip freeze --all --exclude tidemark --exclude pip --exclude setuptools | grep -v '^[#-]' | LC_ALL=C sort -f > constraints.txt

.PHONY: run
run: setup ## serve on 127.0.0.1 (PORT=8080), state in DATA=data; DEMO=1 adds demo traffic
	@exec $(BIN)/tidemark serve --port $(PORT) --data $(DATA) $(if $(DEMO),--demo) $(ARGS)

.PHONY: run-aws
run-aws: setup ## the same on moto: start it, deploy template.yaml to it, serve on that
	@exec $(BIN)/tidemark serve-moto --port $(PORT) $(if $(DEMO),--demo) $(ARGS)

.PHONY: hit
hit: setup ## send one page view to the running instance and show its report (TOKEN=… or its data folder's)
	@$(BIN)/tidemark hit --url http://127.0.0.1:$(PORT) $(if $(TOKEN),--token $(TOKEN),--data $(DATA)) $(ARGS)

.PHONY: web
web: ## build the JavaScript tracker and the dashboard; what it builds is committed (needs Node 20 or newer, installed if possible)
	@web/setup.sh && npm --prefix web run --silent build

.PHONY: test-web
test-web: ## test the JavaScript tracker and the dashboard; says what is skipped where Node or Chromium are missing
	@web/test.sh

.PHONY: faults
faults: setup ## traffic while stores fail and processes die (RUNS=1000 SEED=1): prints faults by outcomes
	@$(BIN)/python -m tests.faults.campaign $(RUNS) $(SEED) 2>/dev/null

.PHONY: faults-aws
faults-aws: setup ## the same on an emulated AWS that throttles, fails and loses answers (RUNS_ON_AWS=20 SEED=1)
	@$(BIN)/python -m tests.faults.campaign_on_aws $(RUNS_ON_AWS) $(SEED) 2>/dev/null

.PHONY: functions
functions: setup ## build the functions' zips and have them make hits a report, called by ministack's queues and schedules (ten minutes)
	@TIDEMARK_MINISTACK=1 $(BIN)/pytest -q -m slow tests/integration/deploy/test_ministack.py

.PHONY: screenshots
screenshots: setup ## pictures of every page of the dashboard with demo traffic, in screenshots/ (desktop and phone, light and dark)
	@web/setup.sh browser && npm --prefix web run --silent --workspace app screenshots

.PHONY: test
test: check test-web ## everything: lint, types, import rules, tests
	@tests/support/install_mariadb.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadscope $(ARGS)

.PHONY: explore
explore: setup ## have the property tests try cases that they have not tried before, ROUNDS=3 times over
	@for round in $$(seq $(ROUNDS)); do TIDEMARK_EXPLORE=1 $(BIN)/pytest -q -n $(WORKERS) -m hypothesis tests || exit 1; done

.PHONY: check
check: setup lint types imports scan ## lint, types, import rules and static scans only

.PHONY: lint
lint: setup ## ruff
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

.PHONY: types
types: setup ## mypy, strict
	@$(BIN)/mypy

.PHONY: imports
imports: setup ## the architecture's import rules
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

SCANNERS := .scan/bin

.PHONY: scan
scan: $(SCANNERS)/.installed ## bandit, checkov and pip-audit's check of the pins; infrastructure/ says what they leave out and why
	@infrastructure/scan.sh $(SCANNERS)

.PHONY: audit
audit: $(SCANNERS)/.installed ## ask the vulnerability database about every pinned version (needs the internet)
	@$(SCANNERS)/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off

.PHONY: sbom
sbom: $(SCANNERS)/.installed ## write what the product consists of to build/sbom.json (CycloneDX)
	@mkdir -p build && $(SCANNERS)/cyclonedx-py requirements constraints.txt --of JSON --output-file build/sbom.json
	@echo "build/sbom.json"

$(SCANNERS)/.installed: infrastructure/scanners.txt
	@test -n "$(PYTHON)" && $(PYTHON) -m venv .scan
	@$(SCANNERS)/pip install --quiet --disable-pip-version-check --retries 5 --requirement infrastructure/scanners.txt \
		&& touch $@ || echo "The scanners could not be installed: the static scans are left out." >&2

.PHONY: golden
golden: setup ## rewrite the golden files; review the difference like code
	@TIDEMARK_GOLDEN=write $(BIN)/pytest -n $(WORKERS) -m golden $(ARGS)

.PHONY: docs
docs: setup ## write the generated tables of the documentation
	@$(BIN)/python docs/build.py
	@$(BIN)/python docs/generate/api.py
	@$(BIN)/python docs/generate/archiving.py
	@$(BIN)/python docs/generate/console.py

.PHONY: differences
differences: setup ## write docs/differences.md from RESULTS=... (what the corpus's runner wrote with --json)
	@$(BIN)/python docs/generate/differences.py $(RESULTS)

.PHONY: attack
attack: setup ## call the API with CALLS=10000 made-up calls from its OpenAPI description
	@$(BIN)/python -m tests.support.attack $(CALLS)

.PHONY: bench
bench: setup ## print the benchmark table, write bench/results.json
	@$(BIN)/python bench/run.py $(ARGS)

.PHONY: cost
cost: setup ## count the calls, bytes and milliseconds of every function; write the tables of docs/cost.md
	@$(BIN)/python bench/cost.py

.PHONY: load
load: setup ## mixed traffic and readers for SECONDS_OF_LOAD=600 on a local instance, as much as it takes (CLIENTS=8); nothing may be lost
	@$(BIN)/python -m tests.load --seconds $(SECONDS_OF_LOAD) --clients $(CLIENTS)

.PHONY: fuzz-parsers
fuzz-parsers: setup ## any bytes to parsers and renderers (PARSER_CASES=10000000 SEED=1), by Atheris where it is installed
	@$(BIN)/python -m tests.fuzz.parsers --cases $(PARSER_CASES) --seed $(SEED)

.PHONY: fuzz
fuzz: setup ## send CASES=1000000 odd hits (SEED=1) through collect and ingest, and account for every one
	@$(BIN)/python -m tests.fuzz --cases $(CASES) --seed $(SEED)

.PHONY: clean
clean: ## remove what the tools left behind, not the data and not the virtual environment
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist .aws-sam
	@find layers functions tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

SAM     ?= $(shell command -v sam || echo $(CURDIR)/.sam/bin/sam)
STACK   ?= tidemark

.PHONY: deploy
deploy: $(SAM) ## put an instance on AWS, or bring it up to date (STACK=tidemark; asks the first time; docs/deploy.md)
	@$(SAM) build
	@$(SAM) deploy --stack-name $(STACK) --resolve-s3 --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
		$(if $(wildcard samconfig.toml),,--guided) $(ARGS)

.PHONY: destroy
destroy: $(SAM) ## take an instance from AWS; its bucket, tables and hits queue stay (STACK=tidemark)
	@$(SAM) delete --stack-name $(STACK) $(ARGS)

.PHONY: firewall
firewall: $(SAM) ## put a firewall for the CDN into us-east-1 and print its WebAclArn (STACK=tidemark; docs/deploy.md)
	@$(SAM) deploy --template-file infrastructure/firewall.yaml --stack-name $(STACK)-firewall --region us-east-1 --no-fail-on-empty-changeset $(ARGS)

$(CURDIR)/.sam/bin/sam: # the SAM CLI, apart: it wants other versions of what we use
	@test -n "$(PYTHON)" || { echo "Tidemark needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -m venv .sam && .sam/bin/pip install --quiet --disable-pip-version-check aws-sam-cli
