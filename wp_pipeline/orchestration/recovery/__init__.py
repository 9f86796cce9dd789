"""Recovery of runs: retries of a step, and runs that a stopped host left behind."""
