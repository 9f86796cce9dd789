"""Failures of a step: what Dagster retries, and what other steps and sensors read of them.

    lake = configured(context, lambda: lakes.of(settings, configuration.bucket(settings)))
    raise failure(context, "posts: HTTP 404", retry_may_help=False, reasons={REFUSED: refused})

After the last retry Dagster would hide the reason of a failure that allows another one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import dagster as dg

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.settings import Settings

MAX_RETRIES = 2
# Tables in the metadata of a failure: a reason for each endpoint, or table.
REFUSED, FAILED_CHECKS, FAILED_TABLES = "refused", "failed_checks", "failed_tables"
ENDPOINT, REASON = "endpoint", "reason"

Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext
# The name of an endpoint, and one line that begins with it.
Reason = tuple[str, str]
Result = TypeVar("Result")


def build_retry_policy(settings: Settings) -> dg.RetryPolicy:
    """Retry after the delay, and once more after three times the delay."""
    return dg.RetryPolicy(
        max_retries=MAX_RETRIES, delay=settings.retry_delay, backoff=dg.Backoff.EXPONENTIAL
    )


def failure(
    context: Context,
    description: str,
    *,
    retry_may_help: bool,
    reasons: Mapping[str, Sequence[Reason]] | None = None,
) -> dg.Failure:
    """Return the failure of a step, with a table for each kind of reasons that there are."""
    has_retries = context.retry_number < MAX_RETRIES
    tables = {kind: table_of(found) for kind, found in (reasons or {}).items() if found}
    return dg.Failure(description, metadata=tables, allow_retries=retry_may_help and has_retries)


def configured(context: Context, load: Callable[[], Result]) -> Result:
    """Return what is loaded. Raises dg.Failure where that raises a ConfigurationError."""
    try:
        return load()
    except ConfigurationError as error:
        failed = failure(context, str(error), retry_may_help=error.retry_may_help)
    raise failed  # Outside of the except block: an error in the chain may hold a URL.


def table_of(reasons: Iterable[Reason]) -> dg.MetadataValue:
    records = [
        dg.TableRecord({ENDPOINT: name, REASON: line.removeprefix(f"{name}: ")})
        for name, line in reasons
    ]
    columns = [dg.TableColumn(ENDPOINT), dg.TableColumn(REASON)]
    return dg.MetadataValue.table(records, dg.TableSchema(columns))


def reasons_in(failed: dg.Failure) -> list[Reason]:
    """Return the reasons of all endpoints, or tables; none if the step failed before it began."""
    kinds = (REFUSED, FAILED_CHECKS, FAILED_TABLES)
    tables = [failed.metadata.get(kind) for kind in kinds]
    records = [
        record.data
        for table in tables
        if isinstance(table, dg.TableMetadataValue)
        for record in table.records
    ]
    names = [(str(one[ENDPOINT]), str(one[REASON])) for one in records]
    return [(name, f"{name}: {reason}") for name, reason in names]
