"""Each endpoint: whether it answers, what it is, how complete a read is, and what is ignored."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.cloud.parameters import A_LOGIN, PUT, SECURE
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import (
    LOOK_AT,
    Finding,
    because_of_site,
    look_at,
    mend,
    ok,
)
from wp_pipeline.extraction.doctor.machine.clock import SITE
from wp_pipeline.extraction.outcomes import readable_rows
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import AccessDenied, SiteError
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.site.diagnosis.queries import Diagnosis
from wp_pipeline.wordpress.site.site import Site

NO_LOGIN = 401
CACHED = "exclude /wp-json/ from the cache in front of the site, and check its plugins"


def run(examination: Examination) -> Iterator[Finding]:
    configuration = examination.configuration
    if configuration is None:
        return
    with (
        examination.open_site() as site,
        ThreadPoolExecutor(examination.settings.concurrency) as threads,
    ):
        yield from threads.map(
            lambda one: found_at(one, site, examination), configuration.endpoints
        )


def found_at(endpoint: Endpoint, site: Site, examination: Examination) -> Finding:
    """Read the beginning of an endpoint as a run does."""
    name = endpoint.name
    try:
        reading = site.read(endpoint)
    except SiteError as error:
        return because_of_site(name, error, command_for(error, examination.settings))
    try:
        diagnosis = site.diagnose(endpoint) if isinstance(reading, Collection) else None
    except SiteError as error:
        return because_of_site(name, error, state=LOOK_AT)
    if diagnosis and diagnosis.seconds_ahead is not None:
        examination.clocks[SITE] = diagnosis.seconds_ahead
    what = description_of(reading)
    if is_empty(reading) and name not in examination.settings.may_be_empty:
        names = ",".join(sorted({*examination.settings.may_be_empty, name}))
        return mend(
            name,
            "no rows: a run refuses it",
            "if that is right, say so",
            f"export WP_PIPELINE_MAY_BE_EMPTY={names}",
        )
    return ignored_by(name, what, diagnosis or Diagnosis())


def command_for(error: SiteError, settings: Settings) -> str:
    """Return the commands that give a run a login, if the site wants one and the run has none."""
    wants_login = isinstance(error, AccessDenied) and error.status == NO_LOGIN
    if not wants_login or settings.credentials_parameter:
        return ""
    login = f"/wordpress/{settings.site}/login"
    put = PUT.format(SECURE, login, A_LOGIN)
    return f"{put} && export WP_PIPELINE_CREDENTIALS_PARAMETER={login}"


def description_of(reading: SingleAnswer | Collection) -> str:
    if isinstance(reading, SingleAnswer):
        return f"{reading.completeness}, {readable_rows(reading.rows)}"
    total = "items" if reading.total is None else f"{reading.total:,} items"
    return f"collection of {total}, completeness {reading.completeness}"


def is_empty(reading: SingleAnswer | Collection) -> bool:
    return (reading.rows if isinstance(reading, SingleAnswer) else reading.total) == 0


def ignored_by(name: str, what: str, diagnosis: Diagnosis) -> Finding:
    if diagnosis.ignored:
        return look_at(name, f"{what}; the site ignores {', '.join(diagnosis.ignored)}", CACHED)
    if diagnosis.cache:
        detail = f"{what}; a cache answered ({diagnosis.cache}), so rows may be old"
        return look_at(name, detail, CACHED)
    return ok(name, what)


CHECK = Check("endpoints", 51, run, needs="configuration")
