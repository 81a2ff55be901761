# Anonymise or Ask. The two commands to know: `make demo` and `make test`; both begin with `make setup`.
# `make demo` takes AOA_HOME, ORTHANC_PORT, DICOM_PORT and PORTAL_PORT, from the environment or the command line.

SHELL := /bin/sh
AOA_HOME ?= ./demo-home
BIN := .venv/bin
PORTS = $(if $(ORTHANC_PORT),--orthanc-port $(ORTHANC_PORT)) $(if $(DICOM_PORT),--dicom-port $(DICOM_PORT)) \
        $(if $(PORTAL_PORT),--portal-port $(PORTAL_PORT))
# Three workers on two cores: much of the time is waiting for started programs. Neighbours share what is costly to start.
PYTEST_ARGS ?= -n 3 --dist worksteal

.PHONY: help setup demo test lint lock bench changelog

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

setup:  ## install what is missing: Debian packages, and the Python environment in .venv/
	@scripts/setup

demo: setup  ## start Orthanc with the gate, the engine and the portal on sample studies
	@exec $(BIN)/aoa up --demo --home "$(AOA_HOME)" $(PORTS)

test: setup lint  ## run the whole test suite, and what failed once more, alone
	$(BIN)/python scripts/steady $(PYTEST_ARGS)

lint: setup  ## style, types, allowed imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: setup  ## write requirements.lock anew from pyproject.toml
	@scripts/lock

bench: setup  ## the benchmarks, each with its peer or limit in the same run
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements-bench.lock
	$(BIN)/aoa bench

changelog: setup  ## show the next section of CHANGELOG.md from the fragments in changes/
	$(BIN)/towncrier build --draft
