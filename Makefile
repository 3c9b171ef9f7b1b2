# Each target is what a person could type. `make` alone prints them.

MVN          = mvn -B -q -ntp -Dstyle.color=never
FUZZ_SECONDS = 60
GATEPOOL     = target/gatepool/bin/gatepool

# Applications may stay root only where the person who started them is.
AS_ROOT     := $(if $(filter 0,$(shell id -u)),-R)
# Where `make install` puts things, by GNU's names. sysconfdir does not follow prefix: documents and programs look for
# /etc/gatepool. systemd looks below these two prefixes, and in /etc.
DESTDIR      =
ARCHIVE      = yes
prefix       = /usr/local
exec_prefix  = $(prefix)
bindir       = $(exec_prefix)/bin
libdir       = $(exec_prefix)/lib
datarootdir  = $(prefix)/share
docdir       = $(datarootdir)/doc/gatepool
sysconfdir   = /etc
SYSTEM_LIB   = $(if $(filter /usr /usr/local,$(prefix)),$(prefix)/lib,$(sysconfdir))
systemdsystemunitdir = $(SYSTEM_LIB)/systemd/system
tmpfilesdir  = $(SYSTEM_LIB)/tmpfiles.d
PLACES       = DESTDIR ARCHIVE bindir libdir datarootdir docdir sysconfdir systemdsystemunitdir tmpfilesdir
# What the program is made of; tests and documents do not make it new.
SOURCES     := $(shell find pom.xml */pom.xml */src/main */src/dist -type f)

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: target/built samples  ## the samples on http://127.0.0.1:8080/; Ctrl-C ends them
	$(GATEPOOL) serve $(AS_ROOT) -c examples/gatepool.toml

test:  ## everything: format, static analysis, unit, fuzz replay and integration tests
	build-aux/test

# The archive stays here: Java 17 takes it only at the path where it was made.
dist:  ## target/gatepool and target/gatepool.tar.gz, with an AppCDS archive for this Java
	rm -rf target/gatepool target/gatepool.tar.gz
	$(MVN) package -DskipTests
	touch target/built
	target/gatepool/libexec/make-archive
	tar -C target --exclude='*.jsa' -czf target/gatepool.tar.gz gatepool

# As root after a build by somebody else this builds nothing: the time of the last build counts, not whose it was.
install: target/built  ## below prefix (/usr/local) and /etc; DESTDIR for packagers (docs/installation.md)
	@$(foreach place,$(PLACES),$(place)='$($(place))') build-aux/install install

uninstall:  ## what `make install` with the same variables has installed; your configuration stays
	@$(foreach place,$(PLACES),$(place)='$($(place))') build-aux/install uninstall

# Only rows with all of these words: make matrix ONLY="haproxy unix".
ONLY         =
MATRIX       = ../target/matrix.classpath
matrix: target/built  ## the requests of the suite through every web server, ONLY=haproxy (docs/web-servers.md)
	@$(MVN) test-compile dependency:build-classpath -pl fcgi-server -am -Dmdep.includeScope=test \
	    -Dmdep.outputFile=$(MATRIX) -Dspotless.check.skip -Djacoco.skip
	@cd fcgi-server && java -cp "target/test-classes:target/classes:$$(cat $(MATRIX))" io.gatepool.it.Matrix $(ONLY)

# As root these install the peers that are missing. gatepool is measured as `make dist` makes it, with its archive.
# The result: target/bench/short.json or full.json, and pages beside it.
BENCH        = target/gatepool/libexec/make-archive && build-aux/test-packages bench/packages && /usr/bin/python3 bench/all.py
bench: target/built  ## how fast, beside other servers: the short form, a quarter of an hour (bench/)
	$(BENCH)

bench-full: target/built  ## the same with every case, three quarters of an hour
	$(BENCH) --full

# Options of JMH: make jmh JMH_ARGS="-f 3 -i 10 Decode" or "-h".
JMH_ARGS     =
JMH          = target/jmh.classpath
jmh:  ## the codec and the parsers by themselves: time and allocation, two minutes (bench/jmh)
	@$(MVN) -Pjmh test-compile dependency:build-classpath -pl bench/jmh -am -Dmdep.includeScope=runtime \
	    -Dmdep.outputFile=$(abspath $(JMH)) -Dspotless.check.skip -Djacoco.skip -Dmaven.test.skip
	@java -cp "bench/jmh/target/classes:$$(cat $(JMH))" io.gatepool.jmh.Main $(JMH_ARGS)

fuzz:  ## search for inputs that break a parser, FUZZ_SECONDS (60) for each target
	build-aux/fuzz $(FUZZ_SECONDS)

format:  ## format the Java sources
	$(MVN) -Pjmh spotless:apply

samples:  ## compile the samples that are written in C
	$(MAKE) -C examples/apps

clean:  ## remove what was built
	rm -rf target */target bench/jmh/target
	$(MAKE) -C examples/apps clean

# The program alone, as fast as it can be had: no tests, no gates.
target/built: $(SOURCES)
	@echo "Building. The first time, Maven fetches what it needs: a minute or two."
	rm -rf target/gatepool
	$(MVN) package -Pquick
	@touch $@

.PHONY: help run test dist install uninstall matrix bench bench-full jmh fuzz format samples clean
.DEFAULT_GOAL := help
