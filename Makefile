# Everything a person or CI runs. `make demo` and `make test` set up all they need.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SOURCES := ledger storage anchoring contracts devices api
GOTOOLS := .tools/bin
LOCK := $(BIN)/uv pip compile --quiet pyproject.toml --extra build --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url

.PHONY: demo serve test test-core test-devices check bench format docs setup devices tools lock clean

demo: $(VENV)/.demo ## one school day through the real service, then attacks on it
	@$(BIN)/mealtrace demo

serve: $(VENV)/.runtime ## the service alone, on embedded defaults
	@$(BIN)/mealtrace serve

test: test-core test-devices ## all tests; missing components are named with the command that installs them

test-core: setup ## those that need no package of the extra `devices`
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not devices" $(ARGS)

test-devices: devices ## those that do
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m devices $(ARGS)

check: setup contracts/node_modules ## lint, types, import layers, contract build, pages, lock files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	node contracts/build.mjs --check
	$(BIN)/python -m api.type_pages --check

bench: setup devices ## ratios and rates on this machine; writes bench.json
	$(BIN)/python -m tests.bench $(ARGS)

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup ## docs/types.md and its Chinese twin, from the catalogue
	$(BIN)/python -m api.type_pages

setup: $(VENV)/.dev

devices: $(VENV)/.devices ## OpenCV, onnxruntime, OCR models, serial line, Modbus, MQTT

tools: contracts/node_modules $(GOTOOLS)/minio $(GOTOOLS)/versitygw ## anvil, solc, MinIO, versitygw

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.demo: requirements-demo.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-demo.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.devices: requirements-devices.txt $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-devices.txt
	@touch $@

contracts/node_modules: contracts/package.json contracts/package-lock.json
	@# Not `npm ci`: it refuses a lock without the binaries of other platforms, which not every
	@# registry carries. Versions and hashes come from the lock all the same.
	npm install --prefix contracts --no-save --no-audit --no-fund --loglevel=error
	@touch $@

$(GOTOOLS)/minio:
	GOBIN=$(CURDIR)/$(GOTOOLS) go install github.com/minio/minio@latest

$(GOTOOLS)/versitygw:
	GOBIN=$(CURDIR)/$(GOTOOLS) go install github.com/versity/versitygw/cmd/versitygw@latest

lock: setup ## the lock files: hashes, no download addresses
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) -o requirements.txt
	$(LOCK) --extra demo -c requirements.txt -o requirements-demo.txt
	$(LOCK) --extra dev -c requirements-demo.txt -o requirements-dev.txt
	$(LOCK) --extra demo --extra dev --extra devices --extra devices-dev -c requirements-demo.txt \
		-c requirements-dev.txt -o requirements-devices.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
