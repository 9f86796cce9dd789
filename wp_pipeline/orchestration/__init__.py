"""Dagster: translates the extraction into assets, checks, jobs, schedules and sensors.

Only this package, `definitions.py`, `defs/` and `sandbox/` import Dagster.
"""
