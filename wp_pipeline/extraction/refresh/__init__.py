"""The steps of a refresh: probe, compare outlines, merge, or top up with the newest items."""
