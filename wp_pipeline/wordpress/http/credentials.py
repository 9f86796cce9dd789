"""Who we are to a site, and to whom that may be told."""

from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit


class MalformedCredentials(ValueError):
    """Not `user:application password`. The message quotes nothing of it."""


@dataclass(frozen=True)
class Credentials:
    """A WordPress user and an application password of theirs.

    https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
    """

    user: str = field(repr=False)
    application_password: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Credentials":
        """Raises MalformedCredentials."""
        user, colon, password = text.strip().partition(":")
        if not (user and colon and password.strip()):
            raise MalformedCredentials("is not `user:application password`")
        return cls(user, password.strip())

    @property
    def header(self) -> str:
        pair = f"{self.user}:{self.application_password}"
        return f"Basic {b64encode(pair.encode()).decode()}"


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent: https, or loopback."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
