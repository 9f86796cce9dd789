"""Builds AWS clients as every AWS tool does, for where Dagster's resources do not."""

from typing import Any


def build_client(service: str, patience: float = 60.0) -> Any:
    """Return a boto3 client found through AWS's own resolution (profile, region, endpoints).

    `patience` is in seconds, for a connection and for each read. Raises what botocore raises.
    """
    from boto3.session import Session  # Takes 0.3 s: callers start it while the site is already being asked.
    from botocore.config import Config

    config = Config(
        connect_timeout=min(patience, 10),
        read_timeout=patience,
        retries={"mode": "standard", "total_max_attempts": 5 if patience > 10 else 1},
    )
    return Session().client(service, config=config)
