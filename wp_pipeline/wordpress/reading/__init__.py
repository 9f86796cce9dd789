"""One endpoint: tells what kind of answer it gives, and reads or probes it."""
