"""Registers Parquet tables in the Glue Data Catalog, where Athena and others find them.

A table is updated only if it differs: each update adds a version.
https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wp_pipeline.aws.errors import AwsError, AwsRefused, call, member_of, required_in
from wp_pipeline.library_logging import silence

SERVICE = "Glue"
MISSING, EXISTS = "EntityNotFoundException", "AlreadyExistsException"
LONGEST_COMMENT = 255  # characters
FORMAT = "org.apache.hadoop.hive.ql.io.parquet"
STORAGE = {
    "InputFormat": f"{FORMAT}.MapredParquetInputFormat",
    "OutputFormat": f"{FORMAT}.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": f"{FORMAT}.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}
PARAMETERS = {"EXTERNAL": "TRUE", "classification": "parquet"}
SITE = "wp_pipeline.site"  # The parameter of a table that names its site.


@dataclass(frozen=True)
class GlueColumn:
    """A column with a type of Glue, such as `array<bigint>`."""

    name: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class GlueTable:
    """A table of all Parquet objects in the folder `location`, an S3 URI."""

    name: str
    location: str
    columns: Sequence[GlueColumn]


class Catalog:
    """A database of Glue's Data Catalog. `new_client` builds a boto3 client when first needed.

    Tables are registered as those of the `site`, and those of another site are left as they are.
    """

    def __init__(self, database: str, new_client: Callable[[], Any], site: str = "") -> None:
        silence()
        self._database, self._new_client, self._site = database, new_client, site
        self._client: Any = None

    def register(self, table: GlueTable) -> bool:
        """Create a table, or update it if it differs; return whether it was.

        Raises an AwsError.
        """
        known = self._known(table.name)
        if known is None and self._created(table):
            return True
        known = known or self._known(table.name) or {}
        self._require_own(table, known)
        wanted = input_of(table, known, self._site)
        if described(known) == described(wanted):
            return False
        self._call(
            "update_table",
            "glue:UpdateTable",
            TableInput=wanted,
            SkipArchive=True,  # Otherwise Glue keeps the former version for ever.
        )
        return True

    def _require_own(self, table: GlueTable, known: Mapping[str, Any]) -> None:
        """Raises AwsRefused if a table is that of another site."""
        site = known.get("Parameters", {}).get(SITE, self._site)
        if site != self._site:
            raise AwsRefused(
                f"the table {table.name.lower()} of {self._database} is that of the site {site}",
                "give each site a database of its own, or delete the table in Glue",
                service=SERVICE,
            )

    def _known(self, name: str) -> Mapping[str, Any] | None:
        """Return what Glue knows of a table; None if there is none, or no such database."""
        try:
            found = self._call("get_table", "glue:GetTable", Name=name.lower())
        except AwsError as error:
            if error.code == MISSING:
                return None
            raise
        return required_in(found, "Table", SERVICE)

    def _created(self, table: GlueTable) -> bool:
        """Create a table; False if another run did so meanwhile."""
        try:
            self._call(
                "create_table", "glue:CreateTable", TableInput=input_of(table, {}, self._site)
            )
        except AwsError as error:
            code = error.code
            if code not in (MISSING, EXISTS):
                raise
        else:
            return True
        if code == EXISTS:
            return False
        raise AwsRefused(
            f"the database {self._database} does not exist in this region",
            "create it, or correct WP_PIPELINE_GLUE_DATABASE",
            service=SERVICE,
            code=code,
        )

    def _call(self, operation: str, action: str, **parameters: Any) -> Any:
        if self._client is None:
            self._client = call(SERVICE, SERVICE, self._new_client)
        function = getattr(self._client, operation)
        return call(SERVICE, action, lambda: function(DatabaseName=self._database, **parameters))


def input_of(table: GlueTable, known: Mapping[str, Any], site: str) -> dict[str, Any]:
    """Return the TableInput for a table. It keeps what others added to the `known` one."""
    comments = {name: comment for name, _, comment in columns_in(known)}
    kept = {"Description": known["Description"]} if known.get("Description") else {}
    return {
        **kept,
        "Name": table.name.lower(),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            **known.get("Parameters", {}),
            **PARAMETERS,
            **({SITE: site} if site else {}),
        },
        "StorageDescriptor": {
            **STORAGE,
            "Location": table.location,
            "Columns": [
                column_input(column, comments.get(column.name, "")) for column in table.columns
            ],
        },
    }


def column_input(column: GlueColumn, comment: str) -> dict[str, str]:
    described = " ".join(column.description.split())[:LONGEST_COMMENT] or comment
    return {
        "Name": column.name,
        "Type": column.type,
        **({"Comment": described} if described else {}),
    }


def described(table: Mapping[str, Any]) -> object:
    """Return the parts of a table that decide whether it must be updated."""
    storage = table.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {}).get("SerializationLibrary")
    site = table.get("Parameters", {}).get(SITE)
    return columns_in(table), storage.get("Location"), storage.get("InputFormat"), serde, site


def columns_in(table: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return name, type and comment of each column; Glue demands no more than the name."""
    listed = table.get("StorageDescriptor", {}).get("Columns", [])
    return [
        (member_of(one, "Name", str, SERVICE), one.get("Type", ""), one.get("Comment", ""))
        for one in listed
    ]
