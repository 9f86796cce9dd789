"""What `wp-pipeline discover` prints and writes."""
