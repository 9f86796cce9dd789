"""Parameter Store, S3, SNS, Glue and STS. No Dagster, no WordPress."""
