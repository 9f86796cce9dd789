"""One GET: connections, bodies, retries, the concurrency limit and credentials."""
