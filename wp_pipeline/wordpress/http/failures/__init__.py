"""Turns failures of a GET into errors of the tree: statuses, firewalls, TLS, connections."""
