"""Speaks the WordPress REST API. Knows nothing of Dagster or AWS.

Four floors, each importing only from those below it: `site` (a whole site), `collections` (many
requests), `answers` (the content of one answer), `http` (one request). Below them stand
`endpoints.py`, `address.py` and `errors.py`. Callers use `site.site.open_site`.
"""
