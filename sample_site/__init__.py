"""A small WordPress in memory with believable content, for `make run` and the tests."""
