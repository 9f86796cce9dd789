"""Joined tables, each made of other tables by a .sql file."""
