"""Speaks the WordPress REST API. Knows nothing of Dagster or AWS."""
