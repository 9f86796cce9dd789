"""Builds AWS clients by AWS's own resolution, where Dagster's resources are not available."""

from typing import Any

# A caller with a short timeout wants to know soon that AWS can't be reached.
TRIES = 5
LONG = 10.0  # seconds


def build_client(
    service: str, timeout: float = 60.0, region: str | None = None, session: Any = None
) -> Any:
    """Return a client for `service`, found by profile, region and endpoint variables.

    It is what boto3 would build, in a third of the time of boto3. `timeout` is in
    seconds, for each read and, up to 10, for a connection. `region` is given for what an ARN names.
    The clients of one `session` (see `new_session`) find their credentials once, together.
    Raises what botocore raises.
    """
    from botocore.config import Config

    # Uploads carry their sha256 in a header that is signed, and S3 verifies it (s3:PutObject in
    # lake.py). Without this, botocore reads and hashes the body once more over plain http.
    config = Config(
        s3={"payload_signing_enabled": False},
        connect_timeout=min(timeout, LONG),
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": TRIES if timeout > LONG else 1},
    )
    return (session or new_session()).create_client(service, region, config=config)


def new_session() -> Any:
    """Return a session of botocore. Raises what botocore raises."""
    # botocore takes 0.1 s to import: not for those who need no AWS.
    from botocore.session import get_session

    from wp_pipeline.aws.service_descriptions import shared_loader

    session = get_session()
    loader = shared_loader(session.get_config_variable("data_path"))
    session.register_component("data_loader", loader)
    return session
