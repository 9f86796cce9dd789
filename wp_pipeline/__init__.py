"""Brings a WordPress site's data into a lake on S3, on Dagster."""
