"""A code location with 500 sites: its times and memory. `python -m benchmarks.scale`."""
