"""The command `wp-pipeline`: one module a command. Knows nothing of Dagster."""
