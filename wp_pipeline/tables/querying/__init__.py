"""Answers questions from stored tables, by DuckDB."""
