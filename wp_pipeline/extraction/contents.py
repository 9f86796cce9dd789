"""Lists what is stored of a site, by a HEAD of each object and a listing of the prefix."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import REPORT, Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import load_bucket, load_endpoints
from wp_pipeline.extraction.refresh.state import State
from wp_pipeline.settings import Settings

THREADS = 8
NOT_STORED = "nothing is stored"
THE_REPORT = "the report of the site"
NOT_LISTED = "no endpoint of the list names this object"


@dataclass(frozen=True)
class StoredEntry:
    """What is stored of one endpoint, or an object that belongs to none.

    Times are ISO 8601 with a zone; `size` is in bytes. What is not known is None.
    """

    name: str
    uri: str
    is_stored: bool
    rows: int | None = None
    size: int | None = None
    extracted_at: str | None = None
    completeness: str | None = None
    verified: str | None = None
    last_full_read: str | None = None
    note: str = ""


def contents(settings: Settings) -> Sequence[StoredEntry]:
    """Return an entry for each endpoint, by name, then one for each object that belongs to none.

    Raises ConfigurationError, or an AwsError.
    """
    store = ParameterStore(lambda: build_client("ssm"))
    names = sorted(endpoint.name for endpoint in load_endpoints(settings, store))
    lake = Lake(lambda: build_client("s3"), load_bucket(settings, store), settings.prefix)
    lake.client()
    with ThreadPoolExecutor(THREADS) as threads:
        entries = list(threads.map(lambda name: entry_of(name, lake), names))
    return [*entries, *others(names, lake)]


def entry_of(name: str, lake: Lake) -> StoredEntry:
    stored = lake.stored(name)
    if stored is None:
        return StoredEntry(name, lake.uri(name), is_stored=False, note=NOT_STORED)
    state = State.of(stored)
    return StoredEntry(
        name,
        lake.uri(name),
        is_stored=True,
        rows=stored.rows,
        size=stored.size,
        extracted_at=stored.extracted_at.isoformat() if stored.extracted_at else None,
        completeness=stored.metadata.get("completeness"),
        verified=stored.metadata.get("verified"),
        last_full_read=state.full_at.isoformat() if state.full_at else None,
    )


def others(names: Sequence[str], lake: Lake) -> Iterator[StoredEntry]:
    """Yield the objects below the prefix that no endpoint names."""
    known = {lake.key(name) for name in names}
    report = lake.pages().key(REPORT)
    for key, size in lake.objects():
        if key not in known:
            note = THE_REPORT if key == report else NOT_LISTED
            yield StoredEntry(key, lake.uri_of(key), is_stored=True, size=size, note=note)
