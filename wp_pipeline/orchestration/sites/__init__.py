"""Many sites of one Parameter Store path, with one schedule and one sensor of each kind."""
