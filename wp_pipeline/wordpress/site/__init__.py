"""A whole site: reading its endpoints, discovering them, checking its login."""
