"""The sensor that reports what failed, and what recovered."""

from collections.abc import Sequence
from dataclasses import replace

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.alerts import publish
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.sensors.ended_runs import ended_since, newest_position, result_of
from wp_pipeline.orchestration.sensors.reported import ReportedFailures
from wp_pipeline.settings import Settings

SECONDS_BETWEEN_TICKS = 60
SECONDS = 10.0  # for each read of AWS: a message that is not sent is sent by the next tick
BEGINS = "From now on it tells what fails; runs that ended before are not told of."
NOTHING_NEW = "Nothing failed and nothing recovered since the last tick."


def build_failures_sensor(settings: Settings, names: Sequence[EndpointName]) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""

    @dg.sensor(
        name=f"{settings.site}_failures",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description=(
            "Sends a message to the SNS topic whose ARN is in the parameter"
            f" {settings.alerts_parameter} for each run in which an endpoint was refused for a new"
            " reason, or recovered, or which failed as a whole. Without the parameter it is silent."
            " Off until somebody turns it on."
        ),
    )
    def failures(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        reported = ReportedFailures.parse(context.cursor)
        if reported is None:
            begin = ReportedFailures(newest_position(context.instance))
            return dg.SensorResult(skip_reason=BEGINS, cursor=begin.dump())
        reported, notes = report(reported.only(name.name for name in names), context, settings)
        reason = "; ".join(notes) or NOTHING_NEW
        return dg.SensorResult(skip_reason=reason, cursor=reported.dump())

    return failures


def report(
    reported: ReportedFailures, context: dg.SensorEvaluationContext, settings: Settings
) -> tuple[ReportedFailures, list[str]]:
    """Report the runs that ended since then, as far as messages can be sent.

    Returns the new cursor, and a note for each message.
    """
    notes: list[str] = []
    ended = ended_since(context.instance, reported.position)
    for run in ended:
        result = result_of(run, context.instance, settings)
        alert = reported.alert_for(result, settings.site, f"run {run.run_id}")
        if alert:
            try:
                is_sent = publish(alert, settings, SECONDS)
            except AwsError as error:
                context.log.warning(f"no message was sent: {error}")
                return reported, [*notes, f"No message was sent: {error}"]
            if not is_sent:  # Not recorded: once there is one, what fails then is reported.
                notes.append(f"Nobody is told: there is no parameter {settings.alerts_parameter}.")
                return replace(reported, position=ended[-1].position), notes
            notes.append(f"Sent: {alert.subject}")
        reported = reported.after(result, run.position)
    return reported, notes
