"""Tables as assets downstream of the objects, in runs of their own."""
