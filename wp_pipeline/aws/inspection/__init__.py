"""Reads the settings of an AWS account and a bucket. Changes nothing."""
