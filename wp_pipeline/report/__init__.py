"""The report: one HTML page about a site, for its owner. Without Dagster and AWS's libraries."""
