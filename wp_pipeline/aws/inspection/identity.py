"""Returns the AWS account and principal of our credentials. No policy has to allow this.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wp_pipeline.aws.errors import call
from wp_pipeline.aws.inspection.answers import seconds_ahead
from wp_pipeline.library_logging import silence

SERVICE, ACTION = "STS", "sts:GetCallerIdentity"


@dataclass(frozen=True)
class Identity:
    """`name` is the user or role, such as `assumed-role/wp-reader/session`.

    `seconds_ahead` is how far this machine's clock is ahead of AWS's.
    """

    account: str
    name: str
    region: str
    seconds_ahead: float | None


def identity(new_client: Callable[[], Any]) -> Identity:
    """Ask STS. Raises an AwsError."""
    silence()
    client = call(SERVICE, ACTION, new_client)
    found = call(SERVICE, ACTION, client.get_caller_identity)
    name = found.get("Arn", "").rpartition(":")[2]
    return Identity(found.get("Account", ""), name, client.meta.region_name, seconds_ahead(found))
