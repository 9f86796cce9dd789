"""Builds AWS clients as every AWS tool does, for where Dagster's resources do not."""

from typing import Any

# Of those patient with AWS; others would rather hear soon that it can't be reached.
TRIES = 5
LONG = 10.0


def build_client(service: str, patience: float = 60.0) -> Any:
    """Return a client found through AWS's own resolution (profile, region, endpoints).

    It is what boto3 would build, without boto3's own 0.1 s. `patience` is in seconds, for each
    read and, up to 10, for a connection. Raises what botocore raises.
    """
    from botocore.config import Config  # botocore takes 0.1 s: the site can be asked meanwhile.
    from botocore.session import get_session

    config = Config(
        connect_timeout=min(patience, LONG),
        read_timeout=patience,
        retries={"mode": "standard", "total_max_attempts": TRIES if patience > LONG else 1},
    )
    return get_session().create_client(service, config=config)
