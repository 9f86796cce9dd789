"""Uploads objects to Amazon S3, and to other S3 stores without the features that they lack."""
