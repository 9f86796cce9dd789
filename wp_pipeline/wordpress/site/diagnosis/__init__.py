"""What else a site shows about itself, for wp-pipeline doctor."""
