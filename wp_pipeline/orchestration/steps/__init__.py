"""How the extraction of a site is divided into steps, and what executes them."""
