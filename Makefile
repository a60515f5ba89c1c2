# Heliu: `make demo` shows a whole deal, `make test` proves the product.
.PHONY: demo test check fmt verify
.SILENT:

BIN = .venv/bin
PYTEST = $(BIN)/pytest

# A deal from order to release on real HTTP, then every desk to look at; ONCE=1 leaves at the end.
demo:
	scripts/bootstrap run
	$(BIN)/heliu demo $(if $(ONCE),--once)

# Cheap proofs first. The last line is pytest's own.
test: check
	scripts/test-setup
	$(PYTEST) -n 2 --dist loadfile

check:
	scripts/bootstrap dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt:
	scripts/bootstrap dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The long proofs: many more examples per property, one after the other.
verify: check
	scripts/test-setup
	PYTHONPATH=. $(PYTEST) -p tests.long_proofs --hypothesis-profile=long
