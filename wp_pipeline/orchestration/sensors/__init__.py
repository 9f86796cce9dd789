"""The sensors of a site: one module a sensor."""
