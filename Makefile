# make demo          everything at work, then the portal; Ctrl-C stops it all
# make demo ONCE=1   the same without staying
# make test          every test, on a machine where nothing runs
# make check         format and lints
# make conformance   our verdicts beside those of the official schemas and of other programs, over the corpus; long
# make validators    200 archives of ours judged by public OCFL validators, ocfl-py and rocfl
# make faults        the fault table: each harm done to copies, sites and processes; what was lost, said, and how it mended
# make screenshots   pictures of every desk, from the demonstration, for the README and the guide
# make lighthouse    the main pages judged by Lighthouse: performance, accessibility, best practices
# make bench         measures, beside references; BENCH=seda, formats, deposits, archives, evidence, members, night
#                    or search for one; with
#                    GROWTH=1000,100000,1000000 a deposit among a million archives (30 GB of folders for a while)
# make fuzz          fuzzers of what reads hostile bytes, SECONDS_EACH=1800
# make lint-deps     licences, bans and sources of what we depend on (cargo-deny)
#
# CARGO_TARGET_DIR and CHARTRIER_… variables are respected (src/config.toml lists the settings).
SHELL := /bin/bash
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
ONCE ?=
# What conformance is asked for: make conformance ARGS='--part mutants --version 2.1'
ARGS ?=
BENCH ?= seda formats deposits archives evidence members night search
SECONDS_EACH ?= 1800
FUZZERS := archive container formats message profile

.PHONY: help demo test check conformance validators faults screenshots lighthouse bench fuzz lint-deps

help:
	@sed -n '/^# make/s/^# //p' Makefile

demo:
	@scripts/install.sh demo
	@$(CARGO) build --locked --quiet
	@exec "$(TARGET)/debug/chartrier" demo --pronom "$(TARGET)/pronom" $(if $(filter-out 0,$(ONCE)),--once)

test:
	@scripts/install.sh test
	$(CARGO) fmt --check
	CHARTRIER_PRONOM="$(abspath $(TARGET))/pronom" $(CARGO) test --locked --features failpoints

check:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --features failpoints -- -D warnings

conformance:
	@scripts/install.sh conformance
	$(CARGO) test --release --locked --test conformance -- --python "$(TARGET)/conformance-python/bin/python" $(ARGS)

validators:
	@scripts/install.sh validators
	$(CARGO) test --locked --features failpoints --test main -- --ignored --nocapture \
	    reopened::public_validators_find_nothing_to_say_of_two_hundred_archives

# The cases, then what they noted. A file that processes without rights may write too.
FAULT_CASES := faults::kinds preservation::faults preservation::rights preservation::crash storage::troubles storage::full \
    ingest::slow ingest::replication ingest::kill recovery::kill web::drafting::kill
faults:
	@scripts/install.sh test
	@table=$$(mktemp) && chmod 666 "$$table" && trap 'rm -f "$$table"' EXIT && export FAULT_TABLE="$$table" && \
	    $(CARGO) test --locked --features failpoints --test main -- $(FAULT_CASES) && \
	    $(CARGO) test --locked --features failpoints --test main -- --ignored --nocapture --exact \
	        faults::table::every_fault_has_lost_nothing_was_told_and_is_mended

# Of the README and of the guide: docs/images/guide/.
screenshots:
	@scripts/install.sh test
	$(CARGO) test --locked --features failpoints --test main -- --ignored --exact browser::screenshots::every_desk_is_shown

lighthouse:
	@scripts/install.sh test
	@$(CARGO) build --locked --quiet
	@scripts/lighthouse.sh

bench:
	@scripts/install.sh bench
	@cd benches/anyxml && CARGO_TARGET_DIR="$(abspath $(TARGET))/anyxml" $(CARGO) build --release --locked --quiet
	@for bench in $(BENCH); do \
	    ANYXML="$(abspath $(TARGET))/anyxml/release/anyxml-check" \
	    FORMATS_PYTHON="$(abspath $(TARGET))/formats-python/bin/python" \
	    $(CARGO) bench --locked --bench $$bench || exit 1; \
	done

fuzz:
	@$(CARGO) fuzz --version >/dev/null 2>&1 \
	    || { echo "cargo-fuzz is not installed: cargo install --locked cargo-fuzz" >&2; exit 2; }
	@for fuzzer in $(FUZZERS); do \
	    RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run -s none $$fuzzer -- -max_total_time=$(SECONDS_EACH) -timeout=10 \
	        -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 || exit 1; \
	done

lint-deps:
	@$(CARGO) deny --version >/dev/null 2>&1 \
	    || { echo "cargo-deny is not installed: cargo install --locked cargo-deny" >&2; exit 2; }
	@$(CARGO) fetch --locked --offline --quiet 2>/dev/null || $(CARGO) fetch --locked --quiet
	$(CARGO) deny --offline --locked check licenses bans sources
