"""The state that a refresh needs, kept in the object's user metadata in S3.

If a store drops it, the next refresh is a full read. It is under 1 KB and holds nothing secret: of
the request, only a digest, to which users and the values of unknown parameters, which may be keys,
contribute two digits of their own digests.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256

from wp_pipeline.aws.lake import StoredObject, time_in
from wp_pipeline.wordpress.endpoints.address import PAGING, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.http.credentials import Credentials

FULL, OUTLINE, COUNTS = "full", "outline", "counts"
FORMAT = "1"  # of the state; an object with another one is read in full
# Parameters of WordPress whose values change what is sent, and are no secret.
KNOWN_PARAMETERS = frozenset(
    (
        "_fields", "after", "author", "before", "categories", "context", "exclude", "include",
        "lang", "modified_after", "modified_before", "parent", "post", "search", "slug", "status",
        "sticky", "tags", "type",
    )
)  # fmt: skip


@dataclass(frozen=True)
class State:
    """How an object was read: by which request, when last in full, and with which probe.

    `verified` is how the object was compared with the site: `full`, `outline` or `counts`. `places`
    is the text of a `Places`.
    """

    request: str
    full_at: datetime | None = None
    probe: str = ""
    verified: str = FULL
    places: str = ""

    @classmethod
    def of(cls, stored: StoredObject) -> "State":
        metadata = stored.metadata
        return cls(
            metadata.get("request", ""),
            time_in(metadata.get("full-at", "")),
            metadata.get("probe", ""),
            metadata.get("verified", FULL),
            metadata.get("places", ""),
        )

    @property
    def metadata(self) -> dict[str, str]:
        found = {
            "request": self.request,
            "probe": self.probe,
            "verified": self.verified,
            "places": self.places,
        }
        if self.full_at:
            found["full-at"] = self.full_at.isoformat(timespec="seconds")
        return {name: text for name, text in found.items() if text}

    def is_read_in_full_within(self, days: float) -> bool:
        """Whether the last full read is at most that old; False for one in the future."""
        now = datetime.now(timezone.utc)
        return self.full_at is not None and timedelta() <= now - self.full_at <= timedelta(days)


def request_of(endpoint: Endpoint, credentials: Credentials | None) -> str:
    """Return a digest of an endpoint's site and request, and of the user who sends it."""
    address = endpoint.address.without(PAGING)
    user = two_digits_of(credentials.user) if credentials else ""
    site = [*map(str, address.origin), address.path]
    parts = [FORMAT, *site, address.route, *parameters_of(address), user]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def parameters_of(address: Address) -> list[str]:
    return [
        f"{name}={value if name in KNOWN_PARAMETERS else two_digits_of(value)}"
        for name, value in sorted(address.parameters)
    ]


def two_digits_of(secret: str) -> str:
    """Return two digits of a secret's digest: they mostly change with it, and do not show it."""
    return sha256(secret.encode()).hexdigest()[:2]
