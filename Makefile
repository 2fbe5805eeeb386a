# Everything that a machine needs beyond Go, make, git and a C compiler is compiled
# from Go modules.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

# The linter is compiled once, from a module of its own, and runs in each module.
LINT := GOFLAGS=-trimpath $(CURDIR)/bin/golangci-lint run --allow-parallel-runners ./...
DEADCODE := go tool -modfile=tools/deadcode/go.mod deadcode

# Everything but the race detector's tests is compiled with the flags of a release, -trimpath and no cgo, so
# that it is compiled once.
export CGO_ENABLED := 0

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start a local API server with promgate in front, and show what it does
	@go -C test build -trimpath -o ../bin/run ./run
	@exec bin/run

.PHONY: build
build: ## Build bin/promgate
	go build -trimpath -ldflags "-s -w" -o bin/promgate ./cmd/promgate

.PHONY: image
image: ## Write container images and SBOMs to bin/image (PLATFORMS=linux/amd64,linux/arm64 VERSION=v0.1.0 IMAGE=name:tag)
	@go -C tools/image build -trimpath -o ../../bin/image-tool .
	@bin/image-tool $(if $(PLATFORMS),-platforms $(PLATFORMS)) $(if $(VERSION),-version $(VERSION)) $(if $(IMAGE),-tag $(IMAGE))

.PHONY: image-twice
image-twice: image ## Build the image again in a second work tree, and fail if it differs (not in test: it compiles promgate)
	@dir=$$(mktemp -d); trap 'git worktree remove --force "$$dir/src"; rm -rf "$$dir"' EXIT; \
	git worktree add --quiet --detach "$$dir/src"; \
	bin/image-tool -source "$$dir/src" -out "$$dir/image" $(if $(PLATFORMS),-platforms $(PLATFORMS)) $(if $(VERSION),-version $(VERSION)) $(if $(IMAGE),-tag $(IMAGE)); \
	diff -r bin/image "$$dir/image" && echo "the same, byte for byte"

.PHONY: test
test: test-unit test-e2e test-versions ## Run every test, with the real kube-apiserver in the end-to-end ones

# The packages that start no goroutine, but for a test: the race detector has nothing to find there, and makes their random walks ten times as slow.
SEQUENTIAL = $(filter-out %/validation,$(shell go list ./alertmanager/... ./alertpath/... ./defaulting/... ./dialect/... ./internal/leaves/... ./promconfig/... ./promql/... ./relabeling/... ./selection/... ./upgrade/... ./validation/...))

.PHONY: test-unit
test-unit: ## Run the tests that need no API server
	CGO_ENABLED=1 go test -race $(filter-out $(SEQUENTIAL),$(shell go list ./...))
	go test -trimpath $(SEQUENTIAL)
	go -C tools/image test -trimpath ./...

.PHONY: test-e2e
test-e2e: ## Run the end-to-end tests
	@# Never from the cache of test results: it does not know promgate, which these start.
	go -C test/rig test -trimpath -count=1 -timeout 30m
	go -C test test -trimpath -count=1 ./run/ ./chart/
	@# Without a package, so that what is compiled shows while it is. The parallel tests only wait.
	go -C test/e2e test -trimpath -count=1 -timeout 45m -parallel 8

# Two versions of Prometheus that are still in use, and the one that promgate links.
CI_VERSIONS := v0.55.0,v0.305.0,v0.316.0

.PHONY: test-versions
test-versions: ## Hold the checks against the parsers and loaders of three releases of Prometheus; make versions asks all
	VERSIONS=$(CI_VERSIONS) go -C test/versions test -trimpath -count=1 -timeout 30m -run '^Test(Table|Signatures|Equality|RuleFiles|Configurations|Arguments)$$' .

.PHONY: quiet
quiet: ## Hold for an hour (QUIET=1h) that nothing is stale where nothing happens (not in test)
	QUIET=$${QUIET:-1h} go -C test/e2e test -trimpath -count=1 -timeout 0 -v -run 'TestQuiet$$'

.PHONY: parity
parity: ## Hold the configurations against prometheus-operator's, promtool and a real Prometheus (not in test: it compiles both)
	for m in operator discovery parity; do go -C test/$$m mod tidy -diff; done
	go -C test/operator test -trimpath ./...
	go -C test/discovery test -trimpath ./...
	go -C test/parity test -trimpath -count=1 -timeout 30m ./...

.PHONY: readers
readers: ## Hold the answers against tools that act on the words of an error: Flux, Argo, Helm, kubectl (not in test: it compiles them)
	go -C test/readers mod tidy -diff
	go -C test/readers test -trimpath -count=1 ./...

.PHONY: versions
versions: ## Hold the checks against the parsers and loaders of all releases of Prometheus (not in test: it compiles them, some hours the first time)
	go -C test/versions mod tidy -diff
	go -C test/versions test -trimpath -count=1 -timeout 8h ./...

.PHONY: speed
speed: ## Measure promgate lint beside kubeconform, pint and promtool, as ratios (not in test: it compiles them)
	go -C test/speed mod tidy -diff
	go -C test/speed run -trimpath . -files $${FILES:-100,1000} -runs $${RUNS:-7}

.PHONY: bench
bench: ## Measure the webhooks beside the operator's and beside a floor, over TLS, and the engine (not in test: it compiles the operator)
	go -C test/bench mod tidy -diff
	@mkdir -p bin
	go -C test/bench build -trimpath -o ../../bin/bench .
	GOMEMLIMIT=460MiB bin/bench $(BENCH) -out docs/benchmarks.md
	go test -run '^$$' -bench 'Cold|Reapply|Rule$$|ServiceMonitor$$|Admission' -benchmem -count $${COUNT:-5} ./webhook | tee bin/bench.txt

.PHONY: lint
lint: bin/golangci-lint ## Run golangci-lint, go vet and deadcode over what .ci/run compiles anyway
	go vet -trimpath ./...
	$(LINT)
	go -C test vet -trimpath ./...
	cd test && $(LINT)
	cd tools/image && $(LINT)
	GOFLAGS=-trimpath $(DEADCODE) -test ./... | (! grep .)

.PHONY: lint-all
lint-all: lint ## The same over every module (compiles prometheus-operator, Prometheus and Flux)
	for m in bench certmanager discovery operator parity readers speed versions; do go -C test/$$m vet -trimpath ./...; (cd test/$$m; $(LINT)); done

bin/golangci-lint: tools/golangci-lint/go.mod
	go build -trimpath -modfile=tools/golangci-lint/go.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: docs
docs: ## Write the pages of the checks
	go run -trimpath ./internal/docs

.PHONY: crds
crds: ## Write the CRDs that lint embeds, from the Go types of the operator's API
	go run -trimpath ./internal/schema/generate

.PHONY: generate
generate: docs crds ## Write everything that is generated

.PHONY: verify
verify: generate ## Fail if something generated, or a go.mod, is not up to date
	go mod tidy
	go -C test mod tidy
	go -C test/prometheus mod tidy
	go -C test/nodeexporter mod tidy
	go -C test/certmanager mod tidy
	go -C test/versions mod tidy
	go -C test/helm3 mod tidy
	go -C test/helm4 mod tidy
	go -C tools/deadcode mod tidy
	go -C tools/controller-gen mod tidy
	go -C tools/image mod tidy
	gofmt -l . | (! grep .)
	git diff --exit-code
	@test -z "$$(git status --porcelain)" || (git status --short; exit 1)

.PHONY: fuzz
fuzz: ## Fuzz the checks, the places in files and the formats, for a minute each
	go test -run '^$$' -fuzz FuzzParity -fuzztime 1m ./validation/rule
	go test -run '^$$' -fuzz FuzzScalar -fuzztime 1m ./internal/source
	go test -run '^$$' -fuzz FuzzFormats -fuzztime 1m ./internal/report/format

.PHONY: clean
clean: ## Remove what was built; the cache of compiled tools stays
	rm -rf bin .run
