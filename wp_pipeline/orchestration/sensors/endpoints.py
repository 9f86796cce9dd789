"""The sensor that notices when Parameter Store's list differs from the loaded assets."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone

import dagster as dg

from wp_pipeline.orchestration.dagster_internals.definitions import location_name
from wp_pipeline.orchestration.endpoint_names import EndpointName, NameReader
from wp_pipeline.orchestration.sensors.webserver import NotReloaded, reload_code_location
from wp_pipeline.settings import Settings

SECONDS_BETWEEN_TICKS = 60
# A reload that did not help is repeated after this time, and not at each tick.
SECONDS_BETWEEN_RELOADS = 3600.0
LOCATION = "wp_pipeline"  # As in workspace.yaml; a tick knows the real name.


@dataclass(frozen=True)
class Reloaded:
    """The cursor: the `difference` that caused the last reload, and its time (UNIX time)."""

    difference: str = ""
    at: float = 0.0

    @classmethod
    def parse(cls, text: str | None) -> "Reloaded":
        """Read a cursor; one of another format counts as none."""
        try:
            return cls(**json.loads(text or ""))
        except (ValueError, TypeError):
            return cls()

    def dump(self) -> str:
        return json.dumps(asdict(self))


def build_endpoints_sensor(
    settings: Settings, names: Sequence[EndpointName]
) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""

    @dg.sensor(
        name=f"{settings.site}_endpoints",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description=(
            "Compares the list of endpoints in Parameter Store with the assets. If they differ, it"
            " reloads the code location through the webserver that WP_PIPELINE_WEBSERVER names, or"
            " says that this is needed. Off until somebody turns it on."
        ),
    )
    def endpoints(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        listed = NameReader().names(settings)
        difference = difference_of(names, listed)
        if not difference:
            shown = ", ".join(sorted(name.name for name in listed))
            return dg.SensorResult(skip_reason=f"Each endpoint has its asset: {shown}.", cursor="")
        location = location_name(context) or LOCATION
        after, how = reload(difference, settings, location, Reloaded.parse(context.cursor))
        reason = f"The list in Parameter Store differs from the assets: {difference}. {how}"
        context.log.warning(reason)
        return dg.SensorResult(skip_reason=reason, cursor=after.dump())

    return endpoints


def reload(
    difference: str, settings: Settings, location: str, before: Reloaded
) -> tuple[Reloaded, str]:
    """Reload if that may help; return the cursor, and what was done or must be done."""
    if not settings.webserver:
        return before, (
            f"Reload the code location (Deployment → {location} → Reload), or set"
            " WP_PIPELINE_WEBSERVER."
        )
    now = datetime.now(timezone.utc).timestamp()
    if before.difference == difference and now - before.at < SECONDS_BETWEEN_RELOADS:
        return before, (
            f"{location} was reloaded, but this process still has the former assets: see its log,"
            " or restart it."
        )
    try:
        reload_code_location(settings.webserver, location)
    except NotReloaded as error:
        return before, f"{error}."
    return Reloaded(difference, now), f"{location} was reloaded."


def difference_of(loaded: Iterable[EndpointName], listed: Iterable[EndpointName]) -> str:
    """Return what a reload would add, drop and change, as text; empty if nothing."""
    former = {name.name: name for name in loaded}
    latter = {name.name: name for name in listed}
    kinds = {
        "add": latter.keys() - former.keys(),
        "drop": former.keys() - latter.keys(),
        "change": {name for name in former.keys() & latter.keys() if former[name] != latter[name]},
    }
    return "; ".join(f"{kind} {', '.join(sorted(which))}" for kind, which in kinds.items() if which)
