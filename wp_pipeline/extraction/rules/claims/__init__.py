"""One claim about stored data in each module, as its `RULE`. The registry finds them."""
