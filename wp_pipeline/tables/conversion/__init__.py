"""Converts items to rows, strictly by the types of the columns."""
