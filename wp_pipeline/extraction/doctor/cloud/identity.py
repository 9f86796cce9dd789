"""The AWS account and principal of a run, and its region."""

from collections.abc import Iterator

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError, AwsUnavailable
from wp_pipeline.aws.inspection.answers import is_denied, is_not_there
from wp_pipeline.aws.inspection.identity import ACTION, identity
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of_aws, look_at, not_allowed, ok
from wp_pipeline.extraction.doctor.machine.clock import AWS

SECONDS = 10.0  # No run needs STS: it may be out of reach.


def run(examination: Examination) -> Iterator[Finding]:
    try:
        found = identity(lambda: build_client("sts", SECONDS))
    except AwsUnavailable:
        yield look_at("AWS", "STS can't be reached; no run needs it", "check the network")
        return
    except AwsError as error:
        if is_denied(error):
            yield not_allowed("AWS", ACTION)
        elif is_not_there(error):
            yield ok("AWS", "this AWS has no STS, and does not tell who asks")
        else:
            yield because_of_aws("AWS", error)
        return
    if found.seconds_ahead is not None:
        examination.clocks[AWS] = found.seconds_ahead
    elsewhere = ", at AWS_ENDPOINT_URL" if examination.environment.get("AWS_ENDPOINT_URL") else ""
    yield ok("AWS", f"account {found.account} as {found.name}, {found.region}{elsewhere}")


CHECK = Check("AWS", 20, run)
