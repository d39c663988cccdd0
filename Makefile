# Everything a contributor or a newcomer does with this repository. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: help bootstrap demo release test verify check format bench docs embed

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## Install what the build, the tests and the demo need
	@scripts/bootstrap.sh

demo: bootstrap ## Build, then run real jobs for a minute and check what they did (STORE=redis; KEEP=1 leaves it running)
	@STORE="$(STORE)" KEEP="$(KEEP)" scripts/demo.sh

release: ## Build the command as it is shipped: optimized, in one file, .build/release/drover
	@scripts/release.sh

test: bootstrap ## Build and run every test with small numbers
	@scripts/test.sh

verify: bootstrap ## Run the long tests; PART=model runs one part, FORCE=1 repeats what has passed
	@PART="$(PART)" FORCE="$(FORCE)" scripts/verify.sh

check: ## Check format, rules of the house, import arrows, generated files, warnings and documentation
	@scripts/check.sh

format: ## Format every Swift file in place
	@scripts/format.sh

bench: bootstrap ## Measure a release build; one JSON object for each scenario; SCENARIO=deep runs one; STORE=redis
	@STORE="$(STORE)" scripts/bench.sh $(SCENARIO)

docs: ## Build the reference documentation and the guides; warnings are errors
	@scripts/docs.sh

embed: ## Write the generated Swift files from the .sql and .lua files, and the programs of the guides from Snippets
	@scripts/embed-sql.sh
	@scripts/embed-lua.sh
	@scripts/embed-snippets.sh
