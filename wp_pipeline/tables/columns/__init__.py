"""Which columns a table has, and the type of each."""
