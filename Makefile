# make run    a site's data as JSON files in lake/, by Dagster, with nothing else needed
# make ui     the same, and Dagster's UI at http://127.0.0.1:3000
# make test   the quick tests, on two workers; .ci/run runs the others too
# make check  formatting, lint and types
# make audit  known vulnerabilities of the pinned packages
# make bench  speed and memory, beside what else one could use

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

.PHONY: setup run ui test check audit bench

setup: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.10 or newer is needed: install it, or name it with make PYTHON=..."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; this is $$($(PYTHON) --version)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is needed: on Debian, apt install python3-venv"; exit 2; }
	@echo "Installing into $(VENV), which takes a minute or two the first time"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[sandbox,test]' \
		|| { echo "The packages could not be installed: see above; is there a network?"; exit 2; }
	@touch $@

run: $(INSTALLED)
	@$(VENV)/bin/python -m wp_pipeline.sandbox run $(if $(SITE),--site '$(SITE)')

ui: $(INSTALLED)
	@$(VENV)/bin/python -m wp_pipeline.sandbox ui $(if $(SITE),--site '$(SITE)')

test: $(INSTALLED)
	@$(VENV)/bin/python -m pytest -n 2

check: $(INSTALLED)
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python

audit: $(INSTALLED)
	@found=$$($(VENV)/bin/pip-audit --disable-pip --no-deps --progress-spinner off -r constraints.txt 2>&1); \
	  case "$$found" in \
	    *"No known vulnerabilities found"*) echo "No known vulnerabilities; $$(echo "$$found" | grep -c 'could not be audited') packages could not be looked up from here" ;; \
	    *[Ff]"ound "*"known vulnerabilit"*) echo "$$found"; exit 1 ;; \
	    *) echo "Nothing was audited, the vulnerability data could not be read: $$(echo "$$found" | tail -n 1)" ;; \
	  esac

bench: $(INSTALLED)
	@$(VENV)/bin/python -m benchmarks.run
