"""Brings the object of an endpoint up to date: unchanged, by a refresh, or by a full read."""
