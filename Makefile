# Two commands on a fresh machine: `make run` builds the warehouse from raw/, `make test` runs every check.
PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# dev is enough for both commands; `make EXTRAS=dev,ocr,s3,explore,alerts test` also tests scans, object stores, the page and alerts.
EXTRAS ?= dev
READY := .venv/.ready-$(EXTRAS)

.PHONY: run test bench clean

run: $(READY)
	$(BIN)/yusuan build

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --dist loadfile

bench: $(READY)
	$(BIN)/python tests/benchmarks/throughput.py

# Installed again only when what is to be installed has changed.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	touch $(READY)

clean:
	rm -rf .venv warehouse dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
