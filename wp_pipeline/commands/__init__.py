"""The command `wp-pipeline`: one module a command."""
