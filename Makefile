# cors-sniff. `make help` lists what there is to make.

B       := build$(if $(SAN),/san)
CC      := gcc
CLANG   := clang
AR      := $(if $(filter gcc,$(CC)),gcc-ar,ar)
PREFIX  := /usr/local
V       :=
Q       := $(if $(V),,@)
SEED    := $(shell date +%s)
N       := 60
FUZZ_S  := 10

# What a bare Debian 12 lacks. The names are Debian's.
BUILD_PACKAGES := gcc libc6-dev libpcap-dev libnghttp2-dev libssl-dev libcap-ng-dev zlib1g-dev \
	libzstd-dev libxxhash-dev libmicrohttpd-dev libgnutls28-dev libyaml-dev libcrypt-dev libjs-chart.js \
	libsqlite3-dev \
	clang bpftool libbpf-dev libelf-dev linux-libc-dev
CHECK_PACKAGES := $(BUILD_PACKAGES) binutils clang clang-format libclang-rt-dev libcmocka-dev \
	libjansson-dev node/nodejs npm/npm python3 python3-jsonschema tcpdump zstd gzip openssl \
	iproute2 procps ethtool util-linux chromium nginx-light apache2 php-cli varnish curl wrk \
	nghttp2-client nghttp2-server valgrind sqlite3 tshark gnutls-bin golang-go libcurl3-gnutls \
	prometheus python3-prometheus-client apache2-utils

VERSION := 0.1.0
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
san     := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# Structs put together from words and copied as vectors wait for their own stores: gcc 12 does it.
CFLAGS  := $(if $(SAN),-O1,-O2) -g -fno-tree-slp-vectorize
ALL     := -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Iuser -I. \
	-isystem $B/bpf -isystem $B/tests/bench $(WARN) \
	-MMD -MP $(if $(SAN),$(san)) $(CFLAGS)
# The layers call each other for every packet: one program is 6 % faster than its parts. The
# objects hold ordinary code too, which the tests link.
lto     := $(if $(SAN)$(filter-out gcc,$(CC)),,-flto=auto -ffat-lto-objects)
LIBS    := -lnghttp2 -lpcap -lz -lzstd -lcap-ng -lsqlite3 -lcrypto -lmicrohttpd -lgnutls -lyaml -lcrypt -pthread
# Part of the page, which asks no other host for anything.
CHART_JS := /usr/share/javascript/chart.js/chart.min.js

# The kernel's half needs clang, bpftool and libbpf. Without them, classic BPF remains.
bpftool := $(or $(shell command -v bpftool),$(wildcard /usr/sbin/bpftool))
bpf     := $(if $(bpftool),$(shell command -v $(CLANG) >/dev/null && \
	echo '\#include <bpf/libbpf.h>' | $(CC) -E - >/dev/null 2>&1 && echo yes))
LIBS    += $(if $(bpf),-lbpf)
bpf_arch := $(if $(filter aarch64,$(shell uname -m)),arm64,x86)
skeletons := $(if $(bpf),$B/bpf/prefilter.skel.h $B/bpf/tlsprobe.skel.h)

# A layer is a folder of user/ and a library. A layer's tests link it and those before it.
layers       := web report cors http tls net capture probe base
pure         := net http cors
from_base    := base
from_capture := capture base
from_probe   := probe http net base
from_net     := net base
from_tls     := tls net base
from_http    := http net base
from_cors    := cors http net base
from_report  := report cors http net base
from_web     := web report cors http net base
from_program := $(layers)

libs       = $(addprefix $B/,$(addsuffix .a,$(1)))
left_out  := user/capture/$(if $(bpf),no)prefilter.c user/probe/$(if $(bpf),no)tlsprobe.c
objects    = $(patsubst %.c,$B/%.o,$(filter-out $(left_out),$(wildcard user/$(1)/*.c))) \
	$(patsubst %.S,$B/%.o,$(wildcard user/$(1)/*.S))
program   := $B/cors-sniff
main_o    := $(patsubst %.c,$B/%.o,$(wildcard user/*.c))
support_o := $(patsubst %.c,$B/%.o,$(wildcard tests/support/*.c))
units     := $(patsubst %.c,$B/%,$(foreach l,$(layers) program,$(wildcard tests/$l/test_*.c)))
benches   := $(patsubst %.c,$B/%,$(wildcard tests/bench/bench_*.c))
fuzzers   := $(patsubst tests/fuzz/fuzz_%.c,$B/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
# The rows of *.inc are prose, laid out by hand.
sources   := $(wildcard bpf/*.[ch] user/*.[ch] user/*/*.[ch] tests/*/*.[ch])
wrap      := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all demo check test units bench budget fuzz fuzzers live load races soak golden oracle corpus check-pure check-layers \
	fmt-check fmt install clean help setup-build setup-check

all: $(program)
	$(if $(bpf),,@echo 'built without eBPF, which needs clang, bpftool and libbpf-dev: classic BPF remains, and no --tls')

help:
	@echo 'all           build $(program)'
	@echo 'demo          install what is missing, build, and analyse a shipped capture'
	@echo 'check         install what is missing, build, and run every test'
	@echo 'test          unit tests, whole-program tests, shipped captures (SAN=1: with sanitizers)'
	@echo 'fuzz          every fuzz target for FUZZ_S seconds ($(FUZZ_S))'
	@echo 'live          captures in network namespaces, as root'
	@echo 'load          what capturing costs under load, beside tcpdump, as root'
	@echo 'races         a live capture under ThreadSanitizer, as root'
	@echo 'soak          ten minutes of connections that open and close, as root'
	@echo 'bench         time against tcpdump, tshark and others; BENCH=full for everything'
	@echo 'budget        accept what a packet and an exchange cost now, in instructions'
	@echo 'golden        the shipped captures against what each must yield'
	@echo 'oracle        a new set of cases from the Chromium of this machine: SEED=n N=cases'
	@echo 'corpus        captures of others against a reference reading: DIR=folder'
	@echo 'clangs        the kernel'\''s half by every clang of this machine'
	@echo 'check-pure    the core asks libc for memory and bytes only'
	@echo 'check-layers  includes point one way'
	@echo 'fmt           format the sources; fmt-check only tells'
	@echo 'install       to PREFIX ($(PREFIX)), below DESTDIR'
	@echo 'clean         remove build/'

$(program): $(main_o) $(call libs,$(layers))
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL) $(lto) $(LDFLAGS) -Wl,--start-group $^ -Wl,--end-group $(LIBS) -o $@

$B/user/%.o: user/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL) $(lto) -c $< -o $@

# What an assembler file takes in is not among the dependencies that the compiler tells.
$B/user/web/assets.o: user/web/assets.S user/web/api.json $(wildcard user/web/page/*) $(CHART_JS)
	@mkdir -p $(@D)
	@echo "  AS   $<"
	$(Q)$(CC) -DCHART_JS='"$(CHART_JS)"' -c $< -o $@

$B/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL) -Itests -c $< -o $@

# The header of the C library's architecture is where only gcc looks.
define bpf_rules
$B/$(1)/%.bpf.o: $(1)/%.bpf.c $(wildcard bpf/*.h bpf/*.inc $(1)/*.h)
	@mkdir -p $$(@D)
	@echo "  BPF  $$<"
	$$(Q)$(CLANG) -target bpf -D__TARGET_ARCH_$(bpf_arch) -g -O2 -Wall -Wextra -Wno-unused-parameter -Werror -I. \
		-I/usr/include/$(shell $(CC) -print-multiarch) -c $$< -o $$@
endef
$(foreach d,bpf tests/bench,$(eval $(call bpf_rules,$d)))

# Linked alone, it loses what only a debugger needs.
$B/%.skel.h: $B/%.bpf.o
	@echo "  SKEL $@"
	$(Q)$(bpftool) gen object $B/$*.linked.o $<
	$(Q)$(bpftool) gen skeleton $B/$*.linked.o name $(notdir $*)_bpf >$@

$B/user/capture/prefilter.o $B/tests/capture/test_prefilter_kernel.o \
	$B/fuzz/obj/user/capture/prefilter.o $B/user/probe/tlsprobe.o \
	$B/tests/probe/test_tlsprobe_kernel.o $B/fuzz/obj/user/probe/tlsprobe.o: $(skeletons)

define layer_rules
$B/$(1).a: $(call objects,$(1))
	$$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach l,$(layers),$(eval $(call layer_rules,$l)))

# The tests of the program's own files link these beside the layers.
extra_program := $(filter-out $B/user/main.o,$(main_o))

$B/support.a: $(support_o)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

define test_rules
$B/tests/$(1)/test_%: $B/tests/$(1)/test_%.o $B/support.a $(extra_$(1)) $(call libs,$(from_$(1)))
	@echo "  LINK $$@"
	$$(Q)$$(CC) $$(ALL) $(wrap) -Wl,--start-group $$^ -Wl,--end-group -lcmocka -ljansson $(LIBS) -o $$@
endef
$(foreach l,$(layers) program,$(eval $(call test_rules,$l)))

# What a layer costs by itself; built with the tests, so that it does not rot.
$(benches): $B/%: $B/%.o $B/support.a $(call libs,$(layers))
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL) $(wrap) -Wl,--start-group $^ -Wl,--end-group -lcmocka -ljansson $(LIBS) -o $@

# Captures of any size and shape, for the benchmarks and the tests of memory.
traffic := $B/tests/bench/traffic
$(traffic): $(patsubst %,$B/tests/bench/%.o,traffic wire talk flood)
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL) $^ -o $@

# Frames faster than any server's, to be captured.
blast := $(if $(bpf),$B/tests/bench/blast)
$B/tests/bench/blast.o: $B/tests/bench/blast.skel.h
$B/tests/bench/blast: $B/tests/bench/blast.o
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL) $^ -lbpf -o $@

# BENCH=full writes up to 10 GB at a time, and has tcpflow and tshark read some of it.
bench: $(program) $(benches) $(traffic)
	$(Q)for b in $(benches); do echo "$$b"; $$b || exit 1; done
	$(Q)CORS_SNIFF=$(program) tests/bench/bench.py $(BENCH)
	$(Q)CORS_SNIFF=$(program) MEMORY=$(BENCH) tests/bench/memory.py

budget: $(program) $(traffic)
	$(Q)CORS_SNIFF=$(program) tests/bench/budget.py --accept

units: $(units) $(benches) $(traffic) $(blast)

# Whole-program tests speak TAP; each finds the program by CORS_SNIFF.
program_tests := $(wildcard tests/program/*.py) tests/golden/golden.py tests/oracle/agree/stored.mjs \
	tests/oracle/agree/h2c.mjs tests/web/dashboard.mjs tests/web/devtools.mjs \
	tests/bench/memory.py
test: $(program) units
	$(Q)CORS_SNIFF=$(program) tests/run.py $(units) $(program_tests)

# They need root, for network namespaces; without, they say so and are skipped.
live_tests := tests/live/capture.py tests/live/http2.py tests/live/keylog.py tests/live/outputs.py \
	tests/live/running.py tests/live/tls.py
live: $(program)
	$(Q)CORS_SNIFF=$(program) tests/run.py $(live_tests)

# What capturing costs, and ten minutes of connections that open and close.
load: $(program) $(blast)
	$(Q)CORS_SNIFF=$(program) tests/live/load.py

# Where addresses are random, ThreadSanitizer may find its own ones taken.
races:
	$(Q)$(MAKE) --no-print-directory B=build/tsan lto= CFLAGS='-O1 -g -fsanitize=thread' all
	$(Q)CORS_SNIFF=build/tsan/cors-sniff setarch -R tests/live/races.py

soak: $(program)
	$(Q)CORS_SNIFF=$(program) tests/live/soak.py

golden: $(program)
	$(Q)CORS_SNIFF=$(program) tests/golden/golden.py

corpus: $(program)
	$(Q)CORS_SNIFF=$(program) tests/corpus/corpus.py $(DIR)

oracle: $(program)
	$(Q)CORS_SNIFF=$(program) tests/oracle/live.sh $(SEED) $(N)

$B/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  FUZZ $<"
	$(Q)$(CLANG) $(ALL) -Itests -O1 -fsanitize=fuzzer-no-link,address,undefined -c $< -o $@

fuzz_o := $(patsubst %.c,$B/fuzz/obj/%.o,$(filter-out $(left_out) user/web/%,$(wildcard user/*/*.c)) \
	$(wildcard tests/support/*.c))
$(fuzzers): $B/fuzz/%: $B/fuzz/obj/tests/fuzz/fuzz_%.o $(fuzz_o)
	@echo "  LINK $@"
	$(Q)$(CLANG) -fsanitize=fuzzer,address,undefined $(filter-out %guard.o %talk.o %failmalloc.o,$^) -lcmocka $(LIBS) -o $@

fuzzers: $(fuzzers)
fuzz: fuzzers
	$(Q)tests/run.py $(foreach f,$(fuzzers),"tests/fuzz/run.sh $f $(FUZZ_S)")

clangs:
	$(Q)tests/capture/clangs.sh $B/clangs

# The core may ask libc for memory and bytes, and nghttp2 to inflate field lines; nothing else.
core_calls := mem(cpy|move|set|cmp|chr|rchr)|str(len|n?cmp|n?casecmp)|malloc|calloc|realloc|free|nghttp2_hd_[a-z0-9_]+
check-pure: $(foreach l,$(pure),$(call objects,$l)) $(call libs,base)
	$(Q)ld -r -o $B/core.o $(foreach l,$(pure),$(call objects,$l)) $B/base.a
	$(Q)! nm -u $B/core.o | grep -vE ' ($(core_calls)|bcmp|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_)$$'

check-layers:
	$(Q)tests/layers.sh

fmt:
	$(Q)clang-format -i $(sources)

fmt-check:
	$(Q)bad=$$(for f in $(sources); do clang-format $$f | cmp -s - $$f || echo "  $$f"; done); \
		[ -z "$$bad" ] || { echo "not formatted; make fmt mends it:"; echo "$$bad"; exit 1; }

setup-build:
	$(Q).ci/packages $(BUILD_PACKAGES)

setup-check:
	$(Q).ci/packages $(CHECK_PACKAGES)

demo: setup-build
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(program) -r pcaps/demo.pcapng

# What repeats itself thousands of times does so once; the unit tests do the same with sanitizers.
long_tests := tests/program/late_join.py tests/bench/memory.py

# Everything, in one count: gcc, gcc with sanitizers, clang, fuzzing, and a real browser.
check: setup-check
	$(Q)$(MAKE) --no-print-directory -j2 check-layers fmt-check
	$(Q)$(MAKE) --no-print-directory -j2 all units check-pure
	$(Q)$(MAKE) --no-print-directory -j2 SAN=1 all units
	$(Q)$(MAKE) --no-print-directory -j2 CC=$(CLANG) B=build/clang all units
	$(Q)$(MAKE) --no-print-directory -j2 fuzzers
	$(Q)tests/run.py $(units) $(patsubst $B/%,build/san/%,$(units)) \
		$(foreach p,$(program_tests),"env CORS_SNIFF=$(program) $p") \
		$(foreach p,$(filter-out $(long_tests),$(program_tests)), \
			"env QUICK=1 CORS_SNIFF=build/san/cors-sniff $p") \
		$(foreach t,$(live_tests),"env CORS_SNIFF=$(program) $t") \
		$(foreach f,$(fuzzers),"tests/fuzz/run.sh $f $(FUZZ_S) 1") \
		"env CORS_SNIFF=$(program) tests/bench/budget.py" \
		"env CORS_SNIFF=$(program) tests/live/snippets.py" \
		"env CORS_SNIFF=$(program) tests/oracle/live.sh $(SEED) $(N)"

install: all
	install -D -m 755 $(program) $(DESTDIR)$(PREFIX)/bin/cors-sniff
	install -D -m 644 user/report/schema.json $(DESTDIR)$(PREFIX)/share/cors-sniff/schema.json
	for f in README.md alerts/cors-sniff.yml rules/cors-sniff.yml dashboards/cors-sniff.json; do \
		install -D -m 644 user/report/monitoring/$$f \
			$(DESTDIR)$(PREFIX)/share/cors-sniff/monitoring/$$f || exit 1; done

clean:
	rm -rf build

-include $(shell find $B -name '*.d' 2>/dev/null)
