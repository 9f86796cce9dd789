"""Credentials of HTTP's Basic scheme, sent only to the site's own origin.

https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-https
"""

from base64 import b64encode
from dataclasses import dataclass, field


class MalformedCredentials(ValueError):
    """Not `user:application password`. The message quotes nothing of it."""


@dataclass(frozen=True)
class Credentials:
    """A WordPress user with an application password, or a consumer key with its secret."""

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
    def is_consumer_key(self) -> bool:
        """Whether it is a pair of WooCommerce's keys, which WordPress itself does not know."""
        return self.user.startswith("ck_") and self.application_password.startswith("cs_")

    @property
    def header(self) -> str:
        """The value of the Authorization header."""
        pair = f"{self.user}:{self.application_password}"
        return f"Basic {b64encode(pair.encode()).decode()}"
