# Everything that is done with Quartier's sources. `make help` lists it.

# What the front end is built from.
ui := $(shell find web/ui -name node_modules -prune -o -name dist -prune -o -name '*.go' -prune -o -name '*.test.ts' -prune -o -type f -print)

# For how long each fuzz target runs.
FUZZTIME ?= 5s

# h3-go is C inside. Without the stamp of the version control system, a clone of another user and a tarball build too.
export CGO_ENABLED := 1
export GOFLAGS := $(GOFLAGS) -buildvcs=false

.PHONY: help run build test check fuzz bench test-long screenshots clean setup-build setup-run setup-test binary browser
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: export QUARTIER_DATA_DIR ?= .quartier
run: setup-run binary ## install what is missing, build, and serve the demo town on http://localhost:8080
	@exec bin/quartier serve --demo

build: setup-build binary ## the program, bin/quartier, with the front end inside

test: setup-test binary check ## install what is missing and run every test
	go test -race -timeout 30m ./...
	npm --prefix web/ui test
	QUARTIER_CHROMIUM="$${QUARTIER_CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome)}" \
		npm --prefix web/ui run test:browser

check: web/ui/node_modules/.installed ## format, vet, lint, generated files current, import order
	@.ci/check
	npm --prefix web/ui run check

fuzz: ## every fuzz target for FUZZTIME (5s) each
	@.ci/fuzz $(FUZZTIME)

bench: setup-run ## ours beside PostgreSQL, PostGIS and a bare handler, over N (100000, up to 10000000) reports, and with DATA=folder over cities' data; writes bench.json
	@go run ./cmd/bench -n $(or $(N),100000)$(if $(DATA), -data $(DATA))

test-long: setup-test binary ## the long versions: ITEMS (10000000) reports against SQL, fuzzing for minutes, every test many times over
	QUARTIER_TEST_ITEMS=$(or $(ITEMS),10000000) go test -run '^TestMillions$$' -count=1 -timeout=3h -v ./web/live
	@.ci/fuzz 5m
	go test -race -count=10 -timeout=3h ./...

screenshots: setup-test binary ## take the pictures of the README from the demo town
	QUARTIER_CHROMIUM="$${QUARTIER_CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome)}" \
		npm --prefix web/ui run screenshots

clean: ## remove what was built; the data in .quartier stays
	rm -rf bin bench.json web/ui/node_modules
	find web/ui/dist -mindepth 1 ! -name .gitkeep -delete

setup-build setup-run setup-test:
	@.ci/setup $(@:setup-%=%)

# Go itself knows what is current.
binary: web/ui/dist/manifest.json
	@go build -trimpath -o bin/quartier ./cmd/quartier

web/ui/dist/manifest.json: $(ui) web/ui/node_modules/.installed
	npm --prefix web/ui run build
	@touch $@

web/ui/node_modules/.installed: web/ui/package.json web/ui/package-lock.json
	npm --prefix web/ui ci
	@touch $@
