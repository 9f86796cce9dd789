"""A local AWS and a sample site, so that everything runs without an account."""
