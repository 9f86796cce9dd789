"""What an AWS account is set to: only looks, and leaves nothing."""
