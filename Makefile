# Holos. The two commands are `make run` and `make stop`; both need root.
#
# HOLOS_DATA      where everything lasting lives            (/var/lib/holos)
# HOLOS_SOFTWARE  where installed software lives            (/var/lib/holos/software)
# Any other setting (README, "Settings") may be given to `make run` the same way and is kept.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
export PYTHONDONTWRITEBYTECODE := 1
export PYTHONPATH := $(CURDIR)

N ?= 20
TESTS ?= tests
PROCESSES ?= 4
# All tests are shared among processes; chosen ones run one after another.
SIDE_BY_SIDE = $(if $(filter-out tests,$(TESTS)),,-n $(PROCESSES) --durations 20)
PRODUCT = python=$$(run/bootstrap.sh)
FOUND = python=$$(run/bootstrap.sh found)
TOOLS = python=$$(run/bootstrap.sh test)

.PHONY: help run stop status test test-install bench demo-calls migration pictures image

help:
	@echo 'make run               install what is missing and start everything (root)'
	@echo 'make stop              end everything'
	@echo 'make status            which processes run and answer'
	@echo 'make demo-calls N=20   20 callers with speech walk the menus'
	@echo 'make test              all tests, against real servers; TESTS=tests/calls for some'
	@echo 'make test-install      make run and make test in an empty Debian 12 (slow)'
	@echo 'make bench             load and speed beside bare Asterisk'
	@echo 'make pictures          screenshots for README and manuals'
	@echo 'make migration WHAT=.. write a migration from the changed tables'
	@echo 'make image             the container image of compose.yaml'

run:
	@began=$$(date +%s.%N); $(PRODUCT); "$$python" -m run.up --began "$$began"

stop:
	@$(FOUND); "$$python" -m run.down

status:
	@$(FOUND); "$$python" -m run.status

demo-calls:
	@$(FOUND); "$$python" -m run.demo.calls $(N)

test: export PYTHONDONTWRITEBYTECODE := # hundreds of processes begin from the same code
test:
	@$(TOOLS); "$$python" -m run.development.test_tools; "$$python" -m pytest $(SIDE_BY_SIDE) $(TESTS)

test-install:
	@$(TOOLS); "$$python" -m tests.install.empty_root

bench:
	@$(TOOLS); "$$python" -m run.development.test_tools; "$$python" -m bench

pictures:
	@$(TOOLS); "$$python" -m run.development.test_tools; "$$python" -m run.development.pictures; "$$python" -m run.development.manuals

migration:
	@$(TOOLS); "$$python" -m run.development.test_tools; "$$python" -m run.migrate new "$(WHAT)"

image:
	docker build -t holos .
