"""Describes settings: for --help, for Dagster's UI and for the table in docs/settings.md."""

from wp_pipeline.setting_variables import EXECUTOR, IN_PROCESS
from wp_pipeline.settings import DECLARED, DEFAULT_USER_AGENT, environment_name

EXECUTOR_HELP = (
    "What executes the steps of runs: docs/production.md. It is a variable of the code location,"
    " not a setting of a site."
)


def table_rows() -> list[str]:
    """Return the rows of the table in docs/settings.md: variable, default, meaning."""
    rows = [(name, declared.default, declared.help) for name, declared in DECLARED.items()]
    rows.append((EXECUTOR, IN_PROCESS, EXECUTOR_HELP))
    return [
        f"| `{environment_name(name)}` | {default_text(default)} | {description} |"
        for name, default, description in rows
    ]


def help_text(setting: str) -> str:
    """Return meaning, variable and default of a setting, for --help and for Dagster's UI."""
    declared = DECLARED[setting]
    default = default_text(declared.default).strip("`")
    return f"{declared.help} [{environment_name(setting)}; default: {default}]"


def default_text(default: object) -> str:
    """Return a default as the documentation shows it."""
    if default in ("", frozenset()):
        return "not set"
    if default == DEFAULT_USER_AGENT:
        return "`wp-pipeline/<version> (+<home page>)`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
