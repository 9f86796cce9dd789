"""Checks of AWS: parameters, bucket, topic."""
