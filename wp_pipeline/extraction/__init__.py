"""From the site to the lake: reads, verifies and publishes. Knows nothing of Dagster."""
