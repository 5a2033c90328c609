# make demo          everything at work, then the portal; Ctrl-C stops it all
# make demo ONCE=1   the same without staying
# make test          every test, on a machine where nothing runs
# make check         format and lints
# make bench         measures
# make lint-deps     licences, bans and sources of what we depend on (cargo-deny)
#
# CARGO_TARGET_DIR and CHARTRIER_… variables are respected (src/config.toml lists the settings).
SHELL := /bin/bash
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
ONCE ?=

.PHONY: help demo test check bench lint-deps

help:
	@sed -n '/^# make/s/^# //p' Makefile

demo:
	@scripts/install.sh demo
	@$(CARGO) build --locked --quiet
	@exec "$(TARGET)/debug/chartrier" demo $(if $(filter-out 0,$(ONCE)),--once)

test:
	@scripts/install.sh test
	$(CARGO) fmt --check
	$(CARGO) test --locked --features failpoints

check:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --features failpoints -- -D warnings

bench:
	@scripts/install.sh demo
	$(CARGO) bench --locked --bench deposits

lint-deps:
	@$(CARGO) deny --version >/dev/null 2>&1 \
	    || { echo "cargo-deny is not installed: cargo install --locked cargo-deny" >&2; exit 2; }
	@$(CARGO) fetch --locked --offline --quiet 2>/dev/null || $(CARGO) fetch --locked --quiet
	$(CARGO) deny --offline --locked check licenses bans sources
