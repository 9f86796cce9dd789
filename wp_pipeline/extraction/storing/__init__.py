"""What is stored of an endpoint: collected in a payload, guarded, and published."""
