# Needs only Python >= 3.11, pip and make: every target prepares .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check lint size lab clean

demo: $(READY)  ## the main job on bundled sample clients, into out/demo/
	$(BIN)/cxkit demo --out out/demo

test: $(READY) lint  ## everything
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY) lint  ## the quick part
	$(BIN)/python -m pytest -n 2 --dist loadfile -q cxkit tests/stats tests/survey tests/measure tests/test_house.py tests/test_result.py

size: $(READY)  ## lines of code
	$(BIN)/python -m tests.size

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(READY)  ## JupyterLab on the notebooks and templates
	$(BIN)/jupyter lab

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cxkit needs Python 3.11 or newer; say PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

clean:
	rm -rf .venv out .pytest_cache .ruff_cache .mypy_cache .hypothesis dist
