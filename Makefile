# make run     the product on this machine, with its own PostgreSQL and Valkey
# make test    every test that does not take long; make endurance  those that do, and all of what others try a share of
# make check   format, lint, types, contracts, migrations, lock
# make setup   the virtual environment, from requirements.lock and nothing else
# make lock    requirements*.lock again from pyproject.toml

MRD_HOME ?= .mrd
PORT ?= 8000
export MRD_HOME PORT

# The system's own Python first: a distribution builds it optimised for speed and for every user, while one that was
# compiled at home takes 10 to 40 % longer for the same work.
PYTHONS := /usr/bin/python3.11 python3.11 /usr/bin/python3 python3 python3.12 python3.13 python3.14
first_with = $(shell for name in $(PYTHONS); do \
	$$name -c 'import $(1), sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
PYTHON ?= $(or $(call first_with,ensurepip),$(call first_with,os))
VENV := .venv
BIN := $(VENV)/bin
# As many as there are processors: one more makes the others slower than it helps (98 s with three, 85 with two).
TEST_PROCESSES ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() or 1)")
UV := uv==0.13.8
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" .lock/bin/uv pip compile pyproject.toml --quiet \
	--generate-hashes --python-version 3.11

.PHONY: setup run test endurance check lock
.DEFAULT_GOAL := run

setup: $(VENV)/locked

$(VENV)/locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found." \
		"On Debian: apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment." \
		"On Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -c "" 2>/dev/null || { echo "Making the virtual environment in $(VENV); this takes a minute or two."; \
		$(PYTHON) -m venv --clear $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
		-r requirements.lock
	@touch $@

run: setup
	@exec $(BIN)/python manage.py up

# compiled files are kept whatever the environment says: every program that a test starts reads the whole product
test endurance: export PYTHONDONTWRITEBYTECODE =
endurance: export MRD_TESTS = whole
test: CHOSEN = not endurance
endurance: CHOSEN = endurance or amounts
test endurance: setup
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m pytest -m "$(CHOSEN)" --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder \
		$(if $(CI),--tb=short)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.lock

lock:
	$(PYTHON) -m venv .lock
	.lock/bin/pip install --quiet --disable-pip-version-check $(UV)
	$(COMPILE) --extra embedded --extra dev --output-file requirements.lock
	$(COMPILE) --output-file requirements-runtime.lock
	rm -rf .lock
