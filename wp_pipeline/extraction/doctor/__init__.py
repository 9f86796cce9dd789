"""Checks everything that a run needs, with the code and the settings of a run."""
