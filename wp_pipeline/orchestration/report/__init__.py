"""The report as an asset: what Dagster knows of a site, and when the page is built anew."""
