"""One GET: connection, body, redirects, errors, retries, concurrency limit and credentials."""
