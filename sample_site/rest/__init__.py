"""The routes of the REST API: what each answers, and how WordPress renders it."""
