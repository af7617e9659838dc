# Each target brings the machine to the state that it needs (scripts/setup) and
# then does its work; nothing else has to be installed or run before.

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The tools that scripts/setup fetched go before the system's.
export PATH := $(CURDIR)/.tools/go/bin:$(CURDIR)/tools/node/node_modules/.bin:$(CURDIR)/.tools/bin:$(PATH)
export GOFLAGS ?= -buildvcs=false

SETUP    := scripts/setup
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
comma    := ,
DESKTOP  := desktop,production$(if $(filter Linux,$(shell uname -s)),$(comma)webkit2_41)
PACKAGES := . ./backend/... ./build/... ./test/load/...
OUTSIDE  := ./test/desktop/... ./test/docker/... ./test/program/... ./test/soak/...
JOBS     ?= $(shell nproc 2>/dev/null || echo 2)
TESTS    := test-go test-frontend test-sdk test-browser test-desktop test-docker test-soak
LINTS    := lint-go lint-vet lint-frontend
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print 2>/dev/null)

.PHONY: help
help: ## this list
	@echo "AiHub: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# --- to use it ---------------------------------------------------------------

.PHONY: demo
demo: bin/aihub ## a throw-away AiHub on simulated providers: no account, no network needed
	@exec bin/aihub demo $(ARGS)

.PHONY: run
run: bin/aihub-desktop ## the desktop app
	@exec bin/aihub-desktop $(ARGS)

.PHONY: build
build: bin/aihub bin/aihub-desktop ## bin/aihub (headless, static) and bin/aihub-desktop

.PHONY: setup-build
setup-build:
	@$(SETUP) go node frontend

.PHONY: setup-desktop
setup-desktop:
	@$(SETUP) desktop go node frontend

# The page is built again when a file of it is newer; Go finds out by itself.
frontend/dist/index.html: $(FRONTEND) | setup-build
	@cd frontend && npm run build

.PHONY: bin/aihub
bin/aihub: frontend/dist/index.html | setup-build
	@CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $@ .

.PHONY: bin/aihub-desktop
bin/aihub-desktop: frontend/dist/index.html | setup-desktop
	@CGO_ENABLED=1 go build -trimpath -tags $(DESKTOP) -ldflags '$(LDFLAGS)' -o $@ .

# --- to test it --------------------------------------------------------------

.PHONY: test
test: setup-test ## every test
	@$(MAKE) --keep-going --jobs=$(JOBS) --output-sync=target $(TESTS) && echo "make test: all passed"

# Everything at once: the package managers cannot run beside each other.
.PHONY: setup-test
setup-test:
	@$(SETUP) gcc desktop screen chromium go node frontend sdk browser

.PHONY: test-go
test-go: ## the Go tests, with the race detector
	@$(SETUP) gcc go
	go test -race -shuffle=on -parallel 4 $(PACKAGES)

.PHONY: test-frontend
test-frontend: setup-build ## the tests of the dashboard's logic
	cd frontend && npm test

.PHONY: test-sdk
test-sdk: bin/aihub ## the providers' official SDKs against the gateway
	@$(SETUP) node sdk
	cd test/sdk && AIHUB=$(CURDIR)/bin/aihub npm test

.PHONY: test-browser
test-browser: bin/aihub ## the dashboard in a browser
	@$(SETUP) chromium node browser
	cd test/browser && AIHUB=$(CURDIR)/bin/aihub npm test

.PHONY: test-desktop
test-desktop: bin/aihub-desktop ## the desktop app: window, tray, gateway
	@$(SETUP) screen desktop go
	AIHUB_DESKTOP=$(CURDIR)/bin/aihub-desktop go test -count=1 ./test/desktop/...

.PHONY: test-docker
test-docker: setup-build ## the image's own build steps, and the program that they make
	go test -count=1 ./test/docker/...

.PHONY: test-soak
test-soak: bin/aihub ## the ledger under kills, faults and clients that leave, in short
	AIHUB=$(CURDIR)/bin/aihub go test -count=1 ./test/soak/...

.PHONY: soak
soak: bin/aihub ## the same with 50,000 requests (ARGS="-requests N -seed N")
	@go run ./test/soak -aihub bin/aihub $(ARGS)

.PHONY: bench
bench: bin/aihub ## CPU time per request beside a bare reverse proxy, then the Go benchmarks
	@go run ./test/load -aihub bin/aihub $(ARGS)
	go test -run '^$$' -bench . -benchmem -benchtime 0.3s $(PACKAGES)

# --- to change it ------------------------------------------------------------

.PHONY: lint
lint: ## every linter
	@$(SETUP) go node frontend gofumpt golangci-lint
	@$(MAKE) --keep-going --jobs=$(JOBS) --output-sync=target $(LINTS) && echo "make lint: clean"

.PHONY: lint-go
lint-go:
	@$(SETUP) go gofumpt golangci-lint
	@files=$$(git ls-files --cached --others --exclude-standard '*.go' | xargs gofumpt -l) && \
		{ test -z "$$files" || { echo "gofumpt -w would change:" $$files; false; }; }
	CGO_ENABLED=0 golangci-lint run $(PACKAGES) $(OUTSIDE)

# The headless program for the three systems, the desktop app where it links
# without a C compiler.
.PHONY: lint-vet
lint-vet:
	@$(SETUP) go
	CGO_ENABLED=0 GOOS=linux go vet $(PACKAGES) $(OUTSIDE)
	CGO_ENABLED=0 GOOS=darwin go vet $(PACKAGES)
	CGO_ENABLED=0 GOOS=windows go vet -tags desktop,production $(PACKAGES)

.PHONY: lint-frontend
lint-frontend:
	@$(SETUP) node frontend
	cd frontend && npm run lint

.PHONY: fmt
fmt: ## format the Go code
	@$(SETUP) go gofumpt
	@git ls-files --cached --others --exclude-standard '*.go' | xargs gofumpt -w

.PHONY: bindings
bindings: ## frontend/wailsjs from the methods of app.go
	@$(SETUP) desktop go wails
	wails generate module -tags $(DESKTOP)

.PHONY: clean
clean: ## remove what was built; the fetched tools stay
	rm -rf bin build/bin .cache/go-* frontend/dist/assets frontend/dist/index.html
