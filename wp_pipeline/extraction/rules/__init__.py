"""Rules about stored data. Each module of `claims/` holds one, which becomes an asset check."""
