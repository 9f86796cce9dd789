"""Dagster's internal API, where the public one lacks what we need (Dagster 1.13).

No other package uses it: a test compares imports and attributes with Dagster's own `@public`.
`pyproject.toml` pins Dagster's minor version.
"""
