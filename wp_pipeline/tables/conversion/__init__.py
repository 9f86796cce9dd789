"""Converts items, strictly by the types of the columns."""
