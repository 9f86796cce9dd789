"""Application-password credentials, sent only to the site's own origin.

https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
"""

from base64 import b64encode
from dataclasses import dataclass, field


class MalformedCredentials(ValueError):
    """Not `user:application password`. The message quotes nothing of it."""


@dataclass(frozen=True)
class Credentials:
    """A WordPress user and one of that user's application passwords."""

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
        """The value of the Authorization header."""
        pair = f"{self.user}:{self.application_password}"
        return f"Basic {b64encode(pair.encode()).decode()}"
