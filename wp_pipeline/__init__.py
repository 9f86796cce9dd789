"""Brings a WordPress site's data into a lake on S3, on Dagster."""

# Declared here: reading the installed package's metadata takes longer than a page of posts.
__version__ = "0.1.0"
HOME_PAGE = "https://wp-pipeline.example"
