# make run    a site's data as JSON files in lake/, by Dagster, with nothing else needed
# make ui     the same, and Dagster's UI; PORT=3100 chooses its port
# make test   the quick tests, on three workers; .ci/run runs the others too
# make check  formatting, lint and types
# make audit  known vulnerabilities of the pinned packages
# make dist   a wheel and a source distribution, in dist/
# make lambda the zip of the AWS Lambda function; ARCH=arm64 and PYTHON_VERSION=3.13 choose another
# make bench  speed and memory, beside what else one could use
# make bench-scale  a code location with 500 sites, and a million comments: times and memory

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
# The environment without what only tests need.
SANDBOX := $(VENV)/.sandbox
COMMA := ,
# For make lambda: those of the function.
ARCH ?= x86_64
PYTHON_VERSION ?= 3.12
ZIP ?= dist/lambda.zip

.PHONY: setup run ui test check audit dist lambda bench bench-scale

setup: $(INSTALLED)

# $(call install,EXTRAS): makes the environment, and installs the project with these extras.
define install
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.10 or newer is needed: install it, or name it with make PYTHON=..."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; this is $$($(PYTHON) --version)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is needed: on Debian, apt install python3-venv"; exit 2; }
	@echo "Installing into $(VENV), which takes a minute or two the first time"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(1)]' \
		|| { echo "The packages could not be installed: see above; is there a network?"; exit 2; }
	@touch $@
endef

$(INSTALLED): pyproject.toml constraints.txt
	$(call install,sandbox$(COMMA)test)
	@touch $(SANDBOX)

$(SANDBOX): pyproject.toml constraints.txt
	$(call install,sandbox)

run: $(SANDBOX)
	@$(VENV)/bin/python -m wp_pipeline.sandbox run $(if $(SITE),--site '$(SITE)')

ui: $(SANDBOX)
	@$(VENV)/bin/python -m wp_pipeline.sandbox ui $(if $(SITE),--site '$(SITE)') $(if $(PORT),--port '$(PORT)')

test: $(INSTALLED)
	@$(VENV)/bin/python -m pytest -n 3

check: $(INSTALLED)
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python

# Two runs, without the markers: pip-audit would leave out the pins for other Pythons than this one,
# and refuses a package that comes twice. Its exit status is 1 for a finding, and also if OSV can't be
# reached, which only the error tells; then no finding was printed.
PIP_AUDIT := $(VENV)/bin/pip-audit --vulnerability-service osv --strict --no-deps --disable-pip
UNREACHABLE := ^requests.exceptions.(ConnectionError|ProxyError|SSLError|ReadTimeout|HTTPError: (429|5..))|Could not connect to OSV

audit: $(INSTALLED)
	@status=0; for left_out in '/ < /d' '/ < /!d'; do \
		if said=$$(sed "$$left_out; s/ *;.*//" constraints.txt | $(PIP_AUDIT) --progress-spinner off -r /dev/stdin 2>&1); \
		then echo "$$said" | tail -n 1; \
		elif echo "$$said" | grep -Eq '$(UNREACHABLE)'; then \
			echo "NOT AUDITED: OSV, the source of the vulnerability data, cannot be reached"; break; \
		else echo "$$said"; status=1; fi; \
	done; exit $$status

dist: $(INSTALLED)
	@rm -rf build dist
	@$(VENV)/bin/python -m build --outdir dist >/dev/null
	@ls -1 dist/*

lambda: $(INSTALLED)
	@$(VENV)/bin/python deploy/lambda/build.py --arch '$(ARCH)' --python-version '$(PYTHON_VERSION)' '$(ZIP)'

bench: $(INSTALLED)
	@$(VENV)/bin/python -m benchmarks.run
	@$(VENV)/bin/python -m benchmarks.tables

bench-scale: $(INSTALLED)
	@$(VENV)/bin/python -m benchmarks.scale
	@$(VENV)/bin/python -m benchmarks.million
