"""A small WordPress REST server with made-up content, for the sandbox and the tests."""
