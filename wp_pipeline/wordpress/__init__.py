"""Speaks the WordPress REST API. Knows nothing of Dagster or AWS.

Six floors, each importing only from those below it: `site` (a whole site), `reading` (one
endpoint), `collections` (many requests), `answers` (the content of one answer), `http` (one
request), `endpoints` (names and addresses). Below them: errors, completeness, places, columns.
Callers begin with `site.site.open_site`.
"""
