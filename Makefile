# The everyday commands. `make` alone prints them.
SHELL := /bin/bash
RUN := .run
PORT ?= 2525
SEED ?= random
RUNS ?= 100
TARGET ?= session
SECONDS ?= 60
SMTPD := .build/debug/smtpd
POSTMAP := .build/debug/postmap-swift
# Table types that need a client library of their server. The tests build them all; other traits than last
# time mean building everything again.
TRAITS := default,PostgreSQL,MySQL,LDAP,Redis

.PHONY: help syslog prove-attack attacks migrate round-trip conformance-differential kill-nine postmap-differential deps deps-test build release test test-quick lint format format-check imports conformance integration bench fuzz docs example run clean precheck

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 26

deps: ## install the Debian packages that the build needs
	@Scripts/install-deps

deps-test: ## install the Debian packages that the tests need
	@Scripts/install-deps test

build: deps ## build everything (debug)
	swift build

release: deps ## build everything (optimised)
	swift build -c release

example: build ## copy the example configuration to .run, compile its tables, lint it
	@Scripts/example $(RUN) $(POSTMAP) $(SMTPD)

run: example ## build, compile the example tables, lint, and serve on 127.0.0.1:2525
	@echo "serving on 127.0.0.1:$(PORT); try: swaks --server 127.0.0.1:$(PORT) --from me@example.net --to alice@example.org"
	@$(SMTPD) serve -c $(RUN)/etc --listen 127.0.0.1:$(PORT)

lint: example ## lint the example configuration

test-quick: ## unit tests only
	swift test --traits $(TRAITS) --filter 'RestrictionDSLTests|LookupTablesTests|CompilerTests|RuntimeTests|GrammarTests'

test: deps-test ## everything that CI runs after the format check: all tests, then the conformance scenarios
	swift build --build-tests --traits $(TRAITS)
	Scripts/test-floor --traits $(TRAITS)
	Scripts/test-default-build
	$(MAKE) --no-print-directory kill-nine attacks migrate syslog postmap-differential conformance-differential conformance

conformance: ## play the recorded scenarios against the daemon
	@Tests/ConformanceTests/run

conformance-differential: ## generated policies and sessions against the installed Postfix (SEED=n repeats a run)
	@Tests/ConformanceTests/differential --seed $(SEED)
	@Tests/ConformanceTests/differential --seed $(SEED) --kind dialogue --sessions 5000
	@Tests/ConformanceTests/differential --seed $(SEED) --kind content --per-policy 10 --sessions 2000

prove-attack: ## attack 10,000 proofs and 500 comparisons; the daemon and Postfix accept the witnesses (SEED=n repeats a run)
	swift build -c release --product analysis-attack
	@Tests/ConformanceTests/prove-attack --seed $(SEED)

kill-nine: ## kill the daemon 200 times under load and look at the queue
	@Tests/IntegrationTests/kill-nine

migrate: ## the example moves from hash to lmdb tables: mail flows before and after
	@Tests/IntegrationTests/migrate

syslog: ## what both servers hand to syslog(3) in one dialogue
	@Tests/IntegrationTests/syslog

postmap-differential: ## generated command lines and sources, readers, writers and signals for both postmaps (SEED=n, RUNS=n)
	@Tests/IntegrationTests/postmap-differential --seed $(SEED) --runs $(RUNS)
	@Tests/IntegrationTests/postmap-locks

attacks: ## attack cases that need sockets: memory, descriptors, slow and deaf clients
	@Tests/IntegrationTests/attacks

integration: ## tests that start real servers
	swift test --traits $(TRAITS) --filter IntegrationTests

round-trip: deps-test ## 1,000,000 rows of every table type that is built, from and to the installed postmap
	swift build -c release --product postmap-swift
	@Benchmarks/postmap --only round-trip

bench: ## compare with the installed Postfix, as ratios
	@Scripts/bench

fuzz: deps ## feed a target of Fuzz/Targets with libFuzzer (TARGET=session SECONDS=60)
	@Scripts/fuzz $(TARGET) $(SECONDS)

docs: build ## write man/smtpd-lint.7 from the help pages of the lint rules
	$(SMTPD) help --manual >man/smtpd-lint.7

format: ## format the sources
	swift format --in-place --recursive Sources Tests Fuzz Package.swift

format-check: ## fail where a file is not formatted
	swift format lint --strict --recursive Sources Tests Fuzz Package.swift

imports: ## fail where a module imports what it must not
	Scripts/check-imports

precheck: deps-test format-check imports test ## what CI calls

clean: ## remove build output
	rm -rf .build $(RUN)
