"""Typed tables in Parquet, made of the stored objects."""
