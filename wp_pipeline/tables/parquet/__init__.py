"""Writes and reads Parquet by DuckDB, which comes with the extra `tables`."""
