# Two commands are for everybody: `make run` opens the assistant, `make test` runs every check and test.
# Both set up what they need (a virtual environment in .venv; for tests a browser) and skip it when it is there.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
INSTALLED := $(VENV)/.installed
INSTALLED_FOR_TESTS := $(VENV)/.installed-for-tests
BROWSER := $(VENV)/.browser
PEERS := $(VENV)/peers
PEERS_SOURCES := tests/bot/telegram/peers
BOT_API_PEER := $(PEERS)/bot-api/.installed
CLIENT_PEER := $(PEERS)/.client
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--annotation-style=line --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.PHONY: help run demo-telegram test tests soak check format words bench lock clean
.DEFAULT_GOAL := help

help:
	@echo 'make run     open the web chat on this computer'
	@echo 'make demo-telegram  open a telephone on a page and the bot in it, without a token'
	@echo 'make test    set up, then every check and every test (under 20 minutes on 2 cores)'
	@echo 'make check   style, types, import rules, catalogues, programmes, dialogs'
	@echo 'make tests   the tests alone; ARGS="tests/locales -k plural" chooses some'
	@echo 'make soak    the long tests in full: power cuts, generated updates, old buttons (hours)'
	@echo 'make format  rewrite the sources in house style'
	@echo 'make words   bring the catalogues in step with the sources; PRUNE=1 forgets unused entries'
	@echo 'make bench   measure; ARGS="telegram.http --markdown" chooses a part and prints a table'
	@echo 'make lock    resolve the dependencies anew'
	@echo 'make clean   remove the virtual environment and what tools left behind'

run: $(INSTALLED)
	$(BIN)/zhuoyue serve $(ARGS)

# The Bot API of the tests, with a page that shows the chat, and the product talking to it.
demo-telegram: $(INSTALLED)
	$(BIN)/python -m tests.support.telegram_api --demo $(ARGS)

test: $(INSTALLED_FOR_TESTS) $(BROWSER) $(BOT_API_PEER) $(CLIENT_PEER)
	$(MAKE) check
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

tests: $(INSTALLED_FOR_TESTS) $(BROWSER) $(BOT_API_PEER) $(CLIENT_PEER)
	$(BIN)/pytest $(ARGS)

# Every test that has a larger size says so by importing it. SOAK=0.2 is a fifth of it; SOAK_SEED chooses other moments. What each
# proof measured is shown as it ends, and once more at the end; all of it is kept in the file named.
soak: SOAK ?= 1
soak: $(INSTALLED_FOR_TESTS)
	@mkdir -p .soak
	SOAK=$(SOAK) SOAK_SUMMARY=.soak/summary.txt $(BIN)/pytest --durations=0 --durations-min=5 \
		$(shell grep -rl --include='test_*.py' 'from tests.support.size import' tests) $(ARGS)

check: $(INSTALLED_FOR_TESTS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m locales.check
	$(BIN)/zhuoyue programme lint
	$(BIN)/zhuoyue dialog check

format: $(INSTALLED_FOR_TESTS)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

words: $(INSTALLED)
	$(BIN)/python -m locales.extract $(if $(PRUNE),--prune) $(ARGS)

bench: $(INSTALLED_FOR_TESTS)
	$(BIN)/python -m tests.benchmarks $(ARGS)

# The build backend is locked with the run-time dependencies, so that installing the project needs nothing unlocked.
lock: $(INSTALLED_FOR_TESTS)
	$(COMPILE) --build-deps-for=wheel --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --output-file tests/benchmarks/peers/requirements-aiogram.lock tests/benchmarks/peers/requirements-aiogram.in

clean:
	rm -rf $(VENV) build dist .soak *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	sh scripts/make-virtual-environment $(VENV)

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/pip
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(INSTALLED_FOR_TESTS): requirements-dev.lock $(INSTALLED)
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(BROWSER): scripts/have-browser $(INSTALLED_FOR_TESTS)
	sh scripts/have-browser $(BIN)/python
	@touch $@

$(BOT_API_PEER): scripts/have-bot-api-peer $(PEERS_SOURCES)/bot_api_server/package-lock.json $(INSTALLED_FOR_TESTS)
	sh scripts/have-bot-api-peer $(PEERS)/bot-api
	@touch $@

$(CLIENT_PEER): scripts/have-client-peer $(PEERS_SOURCES)/client_library/requirements.lock $(INSTALLED_FOR_TESTS)
	sh scripts/have-client-peer $(PEERS)/client
	@test -f $(PEERS)/no-client || touch $@
