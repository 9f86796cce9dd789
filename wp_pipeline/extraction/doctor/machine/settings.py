"""Where the value of each setting comes from, and variables that are no setting."""

from collections.abc import Iterator

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, ok
from wp_pipeline.setting_variables import unknown_variables
from wp_pipeline.settings import DECLARED, environment_name


def run(examination: Examination) -> Iterator[Finding]:
    sources = [*sources_of(examination)]
    others = len(DECLARED) - len(sources)
    defaults = f"{others} settings have their defaults"
    yield ok("settings", "; ".join([*sources, defaults]))
    for unknown in unknown_variables(examination.environment):
        cure = f"did you mean {unknown.meant}? Rename it" if unknown.meant else "remove it"
        yield look_at("settings", unknown.found, cure)


def sources_of(examination: Examination) -> Iterator[str]:
    """Yield the settings that do not have their default: value, if it may be shown, and source."""
    variables = {name.upper() for name, text in examination.environment.items() if text.strip()}
    for setting in DECLARED:
        variable = environment_name(setting)
        value = shown(setting, getattr(examination.settings, setting))
        if examination.given.get(setting) is not None:
            yield f"--{setting.replace('_', '-')}{value} (option)"
        elif variable in variables:
            yield f"{variable}{value} (environment)"


def shown(setting: str, value: object) -> str:
    """Return what may be shown of a value: somebody may have set a secret itself."""
    is_a_name = setting.endswith("_parameter") and str(value).startswith(("/", "arn:"))
    is_harmless = setting in ("site", "timezone") or isinstance(value, int | float)
    return f"={value}" if is_a_name or is_harmless else ""


CHECK = Check("settings", 10, run)
