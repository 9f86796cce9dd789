"""Ways from a stored JSON object to a Parquet table, each run as a process of its own."""
