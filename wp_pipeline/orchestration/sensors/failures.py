"""The sensor that tells what failed, and what recovered."""

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
        told = ReportedFailures.parse(context.cursor)
        if told is None:
            begin = ReportedFailures(newest_position(context.instance))
            return dg.SensorResult(skip_reason=BEGINS, cursor=begin.dump())
        told, notes = tell(told.only(name.name for name in names), context, settings)
        reason = "; ".join(notes) or NOTHING_NEW
        return dg.SensorResult(skip_reason=reason, cursor=told.dump())

    return failures


def tell(
    told: ReportedFailures, context: dg.SensorEvaluationContext, settings: Settings
) -> tuple[ReportedFailures, list[str]]:
    """Tell of the runs that ended since, as far as messages can be sent.

    Returns the new cursor, and a note for each message.
    """
    notes: list[str] = []
    ended = ended_since(context.instance, told.position)
    for run in ended:
        result = result_of(run, context.instance, settings)
        alert = told.alert_for(result, settings.site, f"run {run.run_id}")
        if alert:
            try:
                is_sent = publish(alert, settings, SECONDS)
            except AwsError as error:
                context.log.warning(f"no message was sent: {error}")
                return told, [*notes, f"No message was sent: {error}"]
            if not is_sent:  # Whoever creates the parameter later is told of what fails then.
                notes.append(f"Nobody is told: there is no parameter {settings.alerts_parameter}.")
                return replace(told, position=ended[-1].position), notes
            notes.append(f"Sent: {alert.subject}")
        told = told.after(result, run.position)
    return told, notes
