# bottega: the shop counter for WhatsApp, in a terminal.
# Needs Go, make and git; what a target needs beyond that it installs itself
# where it may (root and apt-get) and says plainly what it had to leave out.

SHELL   := /bin/bash
GO      ?= go
BIN     := bin/bottega
LDFLAGS := -s -w
PREFIX  ?= $(HOME)/.local
FUZZTIME ?= 20s

export GOFLAGS := -mod=readonly

.PHONY: help run build install test lint bench kill soak fuzz shots manual clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: build ## open the demo shop: customers write, no account and no network needed
	@$(BIN) demo

build: ## build bin/bottega
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

install: build ## install to PREFIX/bin (default ~/.local)
	@install -Dm755 $(BIN) $(PREFIX)/bin/bottega
	@echo "installed $(PREFIX)/bin/bottega"

test: ## run every test with the race detector; lists what could not be checked
	@.ci/test

lint: ## format, vet, staticcheck, layout
	@.ci/lint

bench: build ## the figures of assets/manual/bench.md on this machine, then the Go benchmarks
	@$(BIN) bench
	@$(GO) test -run '^$$' -bench . -benchmem ./...

soak: build ## 50 callbacks at once, then 1,000 a second for a minute, the screen open beside them
	@$(BIN) bench callbacks

kill: ## kill the program KILLS times (default 300) in the middle of a campaign, and compare with the provider's ledger
	@BOTTEGA_TEST_KILLS=$(or $(KILLS),300) $(GO) test ./bsp/traffic -run TestKillTheProgram -v -timeout 30m

fuzz: ## fuzz every decoder and parser for FUZZTIME each (default 20s)
	@.ci/fuzz $(FUZZTIME)

shots: build ## pictures of the demo shop into assets/manual/shots
	@.ci/shots $(BIN) assets/manual/shots

manual: ## write assets/manual again from the program
	@$(GO) test ./ui ./ui/cli -run ManualIsFresh -update

clean: ## remove what the targets made
	@rm -rf bin dist .tools
