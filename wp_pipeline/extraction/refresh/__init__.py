"""Brings an object up to date at the price of what changed: probe, compare outlines, merge."""
