"""Whether Dagster is configured here: DAGSTER_HOME. Its own checks are in orchestration/doctor/."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, mend, ok

VARIABLE = "DAGSTER_HOME"


def run(examination: Examination) -> Iterator[Finding]:
    folder = examination.environment.get(VARIABLE, "")
    if not folder:
        yield ok("Dagster", "not checked, since DAGSTER_HOME is not set")
    elif has_dagster_home(examination.environment):
        if not (Path(folder) / "dagster.yaml").exists():
            yield look_at(
                "Dagster",
                "DAGSTER_HOME has no dagster.yaml: runs that crash are not retried",
                "copy the one of this project",
                f"cp deploy/dagster.yaml {folder}/",
            )
    else:
        yield mend(
            "Dagster",
            "DAGSTER_HOME is not the absolute path of a folder",
            "create it, and put deploy/dagster.yaml there",
            f"mkdir -p {folder}" if Path(folder).is_absolute() else "",
        )


def has_dagster_home(environment: Mapping[str, str]) -> bool:
    folder = Path(environment.get(VARIABLE, ""))
    return folder.is_absolute() and folder.is_dir()


CHECK = Check("Dagster", 70, run)
