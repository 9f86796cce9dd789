"""From site to lake: reads, verifies, publishes. Knows nothing of Dagster."""
