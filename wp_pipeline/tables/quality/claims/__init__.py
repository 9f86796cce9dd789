"""The rules that tables have: one rule in each module. A new rule is a new module."""
