"""Many GETs: reads a collection completely while the site changes."""
