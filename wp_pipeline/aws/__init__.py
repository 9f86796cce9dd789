"""Parameter Store and the bucket. Knows nothing of Dagster or WordPress."""
