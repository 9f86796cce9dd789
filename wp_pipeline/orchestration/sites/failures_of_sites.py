"""The sensor that reports what failed and what recovered, of all sites."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.alerts import publish
from wp_pipeline.orchestration.sensors.cursor import some_of
from wp_pipeline.orchestration.sensors.ended_runs import (
    EndedRun,
    ended_since,
    is_of_site,
    newest_position,
    result_of,
)
from wp_pipeline.orchestration.sensors.failures import (
    BEGINS,
    NOTHING_NEW,
    SECONDS,
    SECONDS_BETWEEN_TICKS,
)
from wp_pipeline.orchestration.sensors.reported import ReportedFailures
from wp_pipeline.orchestration.sites.sites import LoadedSite, Sites


@dataclass(frozen=True)
class ReportedFailuresOfSites:
    """The cursor: what was reported of each site, up to a `position` in the event log."""

    position: int
    reasons: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> "ReportedFailuresOfSites | None":
        """Read a cursor; one of another format counts as none."""
        try:
            kept = json.loads(text or "")
            reasons = {
                site: {name: list(digests) for name, digests in of_site.items()}
                for site, of_site in kept["reasons"].items()
            }
            return cls(int(kept["position"]), reasons)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def dump(self) -> str:
        return json.dumps(
            {"position": self.position, "reasons": self.reasons}, separators=(",", ":")
        )

    def of_site(self, site: LoadedSite) -> ReportedFailures:
        reported = ReportedFailures(self.position, self.reasons.get(site.name, {}))
        return reported.only(name.name for name in site.names)

    def after(self, site: LoadedSite, reported: ReportedFailures) -> "ReportedFailuresOfSites":
        others = {name: one for name, one in self.reasons.items() if name != site.name}
        reasons = {**others, site.name: reported.reasons} if reported.reasons else others
        return ReportedFailuresOfSites(self.position, reasons)

    def at(self, position: int) -> "ReportedFailuresOfSites":
        return ReportedFailuresOfSites(position, self.reasons)


def build_sites_failures_sensor(sites: Sites) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""

    @dg.sensor(
        name=f"{sites.name}_failures",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description=(
            "Sends a message to the SNS topic of a site for each of its runs in which an endpoint"
            " was refused for a new reason, or recovered, or which failed as a whole. Off until"
            " somebody turns it on."
        ),
    )
    def failures(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        reported = ReportedFailuresOfSites.parse(context.cursor)
        if reported is None:
            begin = ReportedFailuresOfSites(newest_position(context.instance))
            return dg.SensorResult(skip_reason=BEGINS, cursor=begin.dump())
        notes: list[str] = []
        for ended in ended_since(context.instance, reported.position):
            reported = report_run(ended, reported, sites.sites, context, notes)
            if reported.position < ended.position:  # The next tick reports what is left of it.
                break
        return dg.SensorResult(skip_reason=some_of(notes) or NOTHING_NEW, cursor=reported.dump())

    return failures


def report_run(
    ended: EndedRun,
    reported: ReportedFailuresOfSites,
    sites: Sequence[LoadedSite],
    context: dg.SensorEvaluationContext,
    notes: list[str],
) -> ReportedFailuresOfSites:
    """Report a run, each site in a message of its own; return the cursor, and add to the notes.

    The position of the cursor is that of the run, unless a message may be sent later.
    """
    for site, run in sites_of(ended, sites, context.instance):
        result = result_of(ended, context.instance, site.settings, run)
        before = reported.of_site(site)
        alert = before.alert_for(result, site.name, f"run {ended.run_id}")
        if alert:
            try:
                is_sent = publish(alert, site.settings, SECONDS)
            except AwsError as error:
                notes.append(f"{site.name}: no message was sent: {error}")
                context.log.warning(notes[-1])
                if error.retry_may_help:
                    return reported
                continue  # Its topic is wrong: the next run tells what fails. Others do not wait.
            parameter = site.settings.alerts_parameter
            notes.append(
                f"Sent: {alert.subject}" if is_sent else f"Nobody is told: there is no {parameter}."
            )
            if not is_sent:  # Not recorded: once there is one, what fails then is reported.
                continue
        reported = reported.after(site, before.after(result, ended.position))
    return reported.at(ended.position)


def sites_of(
    ended: EndedRun, sites: Sequence[LoadedSite], instance: dg.DagsterInstance
) -> Iterator[tuple[LoadedSite, dg.DagsterRun]]:
    run = instance.get_run_by_id(ended.run_id)
    if run is not None:
        yield from ((site, run) for site in sites if is_of_site(run, site.settings))
