# The commands of the project: `make help`. Versions, folders and the
# environment are in tools/env.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The packages are named because the whole workspace would unify the features
# `ssr` and `hydrate`. All of them every time: with fewer, dependencies would have
# fewer features and be compiled again.
NATIVE := -p domain -p texts -p exchange -p app -p server -p stripe-sandbox -p bench --features app/ssr

.PHONY: help setup setup-test run watch build test fmt lint fmt-check clippy clippy-wasm \
	typecheck site unit servers rocksdb split split-test doctest end2end faults lighthouse pictures bench bench-full release-bench deny openapi deploy-check clean-data

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup site ## Build and start on http://127.0.0.1:3000, with demo data unless there is data
	@exec tools/run

split: setup-servers site ## Like run, as a deployment of many processes
	@exec tools/run --split

test: ## Everything that CI runs: checks, unit, integration and end-to-end tests
	@.ci/run

watch: setup ## Like run, and rebuild and reload the browser on every change
	@exec tools/run --watch

build: setup ## Optimised build: the server and its precompressed site
	@tools/build --release
	@. tools/env; use_profile release; \
	say "Built $$TICKET_EXCHANGE_BIN and its site $$LEPTOS_SITE_ROOT"; \
	echo "Start it in this folder (it reads Leptos.toml), with the settings that"; \
	echo "\`$$TICKET_EXCHANGE_BIN serve --help\` names:"; \
	echo "    LEPTOS_SITE_ROOT=$$LEPTOS_SITE_ROOT NATS_SERVER=$$(command -v nats-server) $$TICKET_EXCHANGE_BIN serve"

bench: release-bench ## Measure in 10 minutes after the build: target/bench/report.json
	@. tools/env; use_profile release; "$$CARGO_TARGET_DIR/release/bench" $(ARGS)

bench-full: setup-servers release-bench ## Measure everything, the long runs too
	@. tools/env; use_profile release; "$$CARGO_TARGET_DIR/release/bench" --full $(ARGS)

setup: ## Install what is missing (other targets do it themselves)
	@tools/setup

lint: fmt-check clippy clippy-wasm typecheck ## Formatting, clippy for native and WASM, types of the end-to-end tests

fmt: ## Format the sources
	@. tools/env; cargo fmt

unit: setup-test ## Unit and integration tests (ARGS=… for cargo-nextest)
	@. tools/env; use_profile debug; cargo nextest run $(NATIVE) $(ARGS)

servers: setup-servers ## The tests of the exchange again: SurrealDB server, cluster of brokers, split services
	@. tools/env; use_profile debug; tools/on-servers cargo nextest run $(NATIVE) --run-ignored all \
		-E 'package(exchange) and test(/$(ONLY)/)'

rocksdb: ## The tests of the exchange again, on RocksDB (compiles it once, 30 minutes)
	@tools/setup rocksdb
	@. tools/env; use_profile debug; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	SURREAL_DATASTORE_SYNC_DATA=never TEST_DATABASE_URL="rocksdb://$$folder" cargo nextest run $(NATIVE),exchange/rocksdb \
		-E 'package(exchange)' $(ARGS)

split-test: setup-servers site ## Journeys, the server's tests and the fault table on a deployment of many processes
	@. tools/env; use_profile debug; export TEST_PROGRAM=$$PWD/tools/split; \
	cargo nextest run $(NATIVE) --run-ignored all --test-threads 1 \
		-E 'package(server) and test(/^(kill|races|events|api::(one_program|a_write)|live::(what|an_order|a_server))/)'; \
	npx playwright test --config end2end journey.spec.ts keys.spec.ts --workers 1; \
	FAULTS_RUNS=$${FAULTS_RUNS:-1} FAULTS_AT_ONCE=1 cargo test --quiet $(NATIVE) --test faults

end2end: setup-test site ## End-to-end tests in Chromium (ARGS=… for Playwright)
	@. tools/env; use_profile debug; npx playwright test --config end2end $(ARGS)

faults: setup-test ## Every step of an order met by every fault, on real processes (15 minutes)
	@. tools/env; use_profile debug; cargo test --quiet $(NATIVE) --test faults

lighthouse: setup-test build ## Lighthouse's scores of the market and of a ticket, for a phone
	@. tools/env; use_profile release; npx playwright test --config end2end/lighthouse.config.ts

pictures: setup-test site ## Take the pictures of the README anew: docs/pictures
	@. tools/env; use_profile debug; npx playwright test --config end2end/pictures.config.ts

deny: ## Licences, bans and sources of the dependencies (needs: cargo install cargo-deny)
	@. tools/env; cargo deny --all-features check licenses bans sources

openapi: site ## Write the description of the API for programs anew: docs/openapi.json
	@. tools/env; use_profile debug; "$$CARGO_TARGET_DIR/debug/ticket-exchange" openapi >docs/openapi.json

deploy-check: setup site ## What deploy, Dockerfile and compose.yaml have, read by the tools that use it, and every alert
	@tools/check-deploy

clean-data: ## Delete the data of make run (stop it first)
	@. tools/env; rm -rf "$${DATA_DIR:-data}"

# What the targets above and .ci/run are made of.

setup-test:
	@tools/setup test

setup-servers:
	@tools/setup servers

fmt-check: setup
	@. tools/env; cargo fmt --check

clippy: setup
	@. tools/env; cargo clippy --locked $(NATIVE) --lib --bins --tests -- -D warnings
	@. tools/env; cargo clippy --locked $(NATIVE) --test faults -- -D warnings

# In cargo-leptos's target folder of the front end: build scripts and macros are shared.
clippy-wasm: setup
	@. tools/env; cargo clippy -p frontend --lib --profile wasm-dev --target wasm32-unknown-unknown \
		--target-dir "$$CARGO_TARGET_DIR/front" -- -D warnings

typecheck: setup
	@npm run --silent typecheck

site: setup
	@tools/build

# Only when there is an example to run: rustdoc is slow to find out that there is none.
doctest: setup
	@if grep -rqE '^ *//[/!] *```' --include='*.rs' */src; then \
		. tools/env; cargo test --doc $(NATIVE); \
	fi

release-bench: setup
	@tools/build --release
	@. tools/env; cargo build --release -p server -p stripe-sandbox -p bench
