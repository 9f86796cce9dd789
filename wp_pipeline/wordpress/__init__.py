"""Speaks the WordPress REST API. Knows nothing of Dagster or AWS.

Five floors, each importing only from those below it: `site` (a whole site), `reading` (one
endpoint), `collections` (many requests), `answers` (the content of one answer), `http` (one
request). Below them stand `endpoints.py`, `address.py` and `errors.py`. Callers use
`site.site.open_site`.
"""
