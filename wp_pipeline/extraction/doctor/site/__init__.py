"""Checks of the WordPress site: login, endpoints, its public index."""
