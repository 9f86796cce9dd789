"""Checks of this machine: settings, versions, clock."""
