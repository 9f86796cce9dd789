"""The candidates: the command of each, and the layout in which it stores items."""

from dataclasses import dataclass

ONE_ARRAY = "one-array"  # wordpress-api/<collection>.json
JSON_LINES = "json-lines"  # dlt/wordpress/<collection>/*


@dataclass(frozen=True)
class Candidate:
    """A command; `{project}` and `{peers}` are the Pythons of the two environments.

    `{collections}`, alone in its place, stands for as many arguments as there are collections.
    """

    name: str
    command: tuple[str, ...]
    stores: str | None

    def arguments(self, collections: list[str], **places: str) -> list[str]:
        """Return the command with its places filled in."""
        filled: list[str] = []
        for part in self.command:
            is_list = part == "{collections}"
            filled += collections if is_list else [part.format(**places)]
        return filled


SITE = ("--site", "{site}", "{collections}")
LOOP = ("{project}", "-m", "benchmarks.candidates.original_loop", *SITE)
FLOOR = ("{peers}", "-m", "benchmarks.candidates.floor", "--s3", "{s3}", *SITE)
DLT = ("{peers}", "-m", "benchmarks.candidates.dlt_rest_api", *SITE, "--variant")
EXTRACTION = ("{project}", "-m", "benchmarks.candidates.extraction")
EXTRACT = ("{project}", "-m", "wp_pipeline.commands", "extract")
MATERIALIZE = ("{project}", "-m", "dagster", "asset", "materialize", "--select", "*", "-m")

CANDIDATES = (
    Candidate("floor", FLOOR, ONE_ARRAY),
    Candidate("extraction alone", EXTRACTION, ONE_ARRAY),
    Candidate("wp-pipeline extract", EXTRACT, ONE_ARRAY),
    Candidate("wp-pipeline in Dagster", (*MATERIALIZE, "wp_pipeline.definitions"), ONE_ARRAY),
    Candidate("idle assets in Dagster", (*MATERIALIZE, "benchmarks.candidates.idle_assets"), None),
    Candidate("original loop", LOOP, ONE_ARRAY),
    Candidate("dlt default", (*DLT, "default"), JSON_LINES),
    Candidate("dlt tuned", (*DLT, "tuned"), JSON_LINES),
)
