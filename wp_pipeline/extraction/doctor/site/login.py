"""Whether WordPress knows the login. It answers a wrong one with 200, as it answers a visitor."""

from collections.abc import Iterator

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.cloud.parameters import A_LOGIN, PUT, SECURE
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import LOOK_AT, Finding, because_of_site, ok
from wp_pipeline.observer import NoteCollector
from wp_pipeline.wordpress.errors import SiteError


def run(examination: Examination) -> Iterator[Finding]:
    configuration = examination.configuration
    if configuration is None or configuration.credentials is None:
        return
    collector = NoteCollector()
    try:
        with examination.open_site(collector) as site:
            rejected = site.rejected_logins(configuration.endpoints)
    except SiteError as error:
        yield because_of_site("login", error)
        return
    login = examination.settings.credentials_parameter
    for reason in dict.fromkeys(rejected.values()):
        yield because_of_site("login", reason, PUT.format(SECURE, login, A_LOGIN))
    for note in collector.notes:
        yield because_of_site("login", note, state=LOOK_AT)
    if not rejected and not collector.notes:
        yield ok("login", "the site knows the user and the password")


CHECK = Check("login", 50, run, needs="configuration")
