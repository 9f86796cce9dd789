"""Checks of Dagster, for `wp-pipeline doctor`: imported only where DAGSTER_HOME is set."""
