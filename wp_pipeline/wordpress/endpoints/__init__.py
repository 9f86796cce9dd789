"""One endpoint: its name, its URL as an address, and how its API sends rows."""
