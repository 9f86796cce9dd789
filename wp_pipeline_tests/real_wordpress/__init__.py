"""Tests against a real WordPress, with its own database as the truth."""
