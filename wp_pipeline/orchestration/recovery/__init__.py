"""How runs heal themselves: retries of a step, and runs that a dead host left behind."""
