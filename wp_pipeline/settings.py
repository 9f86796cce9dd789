"""Settings of one site, from `WP_PIPELINE_*` variables or defs.yaml.

Each setting is declared once, with type, bounds, help text and default. The environment variables,
the attributes in defs.yaml, the options of the commands and all texts about settings
(`setting_texts.py`) come from this declaration.

    settings = Settings.from_environment()             # raises SettingsError: all faults at once
    settings = Settings(site="shop", concurrency=2)    # reads no environment
    DECLARED["concurrency"].default                    # 4
"""

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields, force_setattr

from wp_pipeline import HOME_PAGE, __version__
from wp_pipeline.fault import Fault, faults_of, one_line
from wp_pipeline.setting_types import (
    STEP_OF_SITE,
    DailyTime,
    DatabaseName,
    Duration,
    EncryptionName,
    Header,
    KeyPrefix,
    Names,
    OptionalParameterName,
    Owners,
    ParameterName,
    PoolName,
    SiteName,
    Steps,
    TimeZone,
    WebAddress,
    valid,
)

ENVIRONMENT_PREFIX = "WP_PIPELINE_"
# Some hosts refuse a client that names only its library.
DEFAULT_USER_AGENT = f"wp-pipeline/{__version__} (+{HOME_PAGE})"
FEWEST_LOST = 10  # rows: of a few rows, losing half is an everyday change
DAILY_AT = "07:00"


class SettingsError(Exception):
    """Settings that are not valid. The message has all `faults`, in one line."""

    def __init__(self, faults: Iterable[Fault | str]) -> None:
        self.faults = faults_of(tuple(faults))
        super().__init__(one_line(self.faults))


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of one site. Holds names of parameters, never their values.

    What is declared of a setting is its type, with rules of `setting_types.py`, bounds, the help
    text and the default.
    """

    site: Annotated[
        SiteName, "Name of the site: first part of each asset key, and the asset group."
    ] = "amazonwebshark"
    endpoints_parameter: Annotated[
        ParameterName,
        "Parameter Store name of the endpoints: a StringList, String or SecureString of"
        " URLs, separated by commas or lines, or in JSON. A name that ends in `/` is a path: each"
        " parameter below it is one endpoint, named by its last part.",
    ] = "/wordpress/amazonwebshark/api/mysqlendpoints"
    bucket_parameter: Annotated[
        ParameterName,
        "Parameter Store name of the bucket: a bucket name or ARN, an access point ARN"
        " or an access point alias.",
    ] = "/s3/lakehouse/name/raw"
    prefix: Annotated[KeyPrefix, "Key prefix in the bucket."] = "wordpress-api"
    encryption: Annotated[
        EncryptionName,
        "Server-side encryption of what is uploaded: `AES256`, `aws:kms`, or"
        " `aws:kms:` and the id, alias (`alias/…`) or ARN of a key. Without it, the bucket's own.",
    ] = ""
    credentials_parameter: Annotated[
        OptionalParameterName,
        "Parameter Store name of a SecureString `user:application password`, or"
        " `ck_KEY:cs_SECRET` of WooCommerce. Without it, requests are anonymous.",
    ] = ""
    alerts_parameter: Annotated[
        OptionalParameterName,
        "Parameter Store name of the ARN of an SNS topic, which is told what failed and"
        " what recovered. Where the parameter does not exist, nobody is told.",
    ] = "/sns/pipeline/wordpressapi/raw"
    may_be_empty: Annotated[Names, "Comma-separated names of endpoints that may have no rows."] = (
        frozenset()
    )
    concurrency: Annotated[
        int, Meta(ge=1), "Concurrent requests to the site, over all of its endpoints."
    ] = 4
    timeout: Annotated[
        Duration, Meta(gt=0), "Seconds to wait for a connection, and for each read."
    ] = 30.0
    deadline: Annotated[Duration, Meta(gt=0), "Seconds that one endpoint may take."] = 3600.0
    longest_wait: Annotated[
        Duration, Meta(ge=0), "Longest `Retry-After`, in seconds, that is waited for."
    ] = 120.0
    largest_body: Annotated[
        int, Meta(gt=0), "Largest body of one answer, in bytes, after decompression."
    ] = 1 << 30
    largest_drop: Annotated[
        float,
        Meta(ge=0, le=1),
        "Largest share of the stored rows that an endpoint may lose. A payload that has"
        f" lost more, and at least {FEWEST_LOST} rows, is refused until it is accepted for a run.",
    ] = 0.5
    noticeable_drop: Annotated[
        float, Meta(ge=0, le=1), "Largest share of rows that may be lost without a warning."
    ] = 0.2
    retry_delay: Annotated[
        Duration, Meta(ge=0), "Seconds before a run retries refused endpoints."
    ] = 60.0
    user_agent: Annotated[Header, "User-Agent header of each request."] = DEFAULT_USER_AGENT
    changes_interval: Annotated[
        int, Meta(ge=30), "Seconds between two looks of the changes sensor."
    ] = 300
    outline_interval: Annotated[
        Duration, Meta(gt=0), "Seconds after which the changes sensor compares outlines."
    ] = 3600.0
    outline_fields: Annotated[
        Names,
        "Comma-separated members that plugins add to items, such as `acf`. Outlines"
        " hold them too, so that a change of them is seen although the item has no new date.",
    ] = frozenset()
    single_answers: Annotated[
        bool,
        "Whether the changes sensor asks for single answers too, as soon as a"
        " collection changed. They can't be probed.",
    ] = False
    full_after_days: Annotated[
        Duration, Meta(gt=0), "Days after the last full read when a refresh becomes a full read."
    ] = 7.0
    tables: Annotated[
        bool, "Whether each object becomes a typed table too: see docs/tables.md."
    ] = False
    glue_database: Annotated[
        DatabaseName,
        "Glue database in which the tables are registered, so that Athena finds them."
        " It must exist. Without it, tables are not registered.",
    ] = ""
    owners: Annotated[
        Owners,
        "Comma-separated owners of the assets, as Dagster's UI shows them: e-mail"
        " addresses, or teams such as `team:data`.",
    ] = frozenset()
    webserver: Annotated[
        WebAddress,
        "Address of Dagster's webserver, such as `http://127.0.0.1:3000`: there the"
        " endpoints sensor reloads the code location. Without it, the sensor asks for a reload.",
    ] = ""
    steps: Annotated[
        Steps,
        "`site`: one step of Dagster extracts the site. `endpoint`: each endpoint is a"
        " step, and several workers share a giant site: docs/production.md.",
    ] = STEP_OF_SITE
    pool: Annotated[
        PoolName, "Dagster pool of the steps of endpoints; without it, the site's name."
    ] = ""
    timezone: Annotated[TimeZone, "Time zone of the daily schedule."] = "UTC"
    daily_at: Annotated[
        DailyTime,
        f"Time of the daily schedule, such as `23:30`. Without it {DAILY_AT}; the sites"
        f" of `WordPressSites` are then spread over the hour from {DAILY_AT}.",
    ] = ""

    def __post_init__(self) -> None:
        """Raises SettingsError."""
        faults = []
        for setting, declared in DECLARED.items():
            try:
                force_setattr(self, setting, valid(getattr(self, setting), declared.annotation))
            except ValueError as refusal:  # It quotes no value.
                faults.append(Fault(f"{environment_name(setting)} {refusal}", setting=setting))
        if faults:
            raise SettingsError(faults)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Settings":
        """Return settings from values by name. Raises SettingsError, also for unknown names."""
        if unknown := sorted(given.keys() - DECLARED.keys()):
            raise SettingsError(f"{environment_name(name)} is no setting" for name in unknown)
        return cls(**given)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, **given: Any
    ) -> "Settings":
        """Read the `WP_PIPELINE_*` variables; what is `given` (and not None) takes precedence.

        A blank variable counts as not set. Raises SettingsError.
        """
        texts = {name.upper(): text.strip() for name, text in environment.items()}
        found = {setting: texts.get(environment_name(setting)) for setting in DECLARED}
        values = {setting: text for setting, text in found.items() if text}
        return cls.of(values | {name: value for name, value in given.items() if value is not None})


class Declaration(NamedTuple):
    """What is declared of a setting. `kind` is str, int, float, bool or frozenset."""

    annotation: Any
    kind: type
    default: Any
    help: str


def declaration_of(field: FieldInfo) -> Declaration:
    plain, *metadata = get_args(field.type)
    (text,) = [one for one in metadata if isinstance(one, str)]
    return Declaration(field.type, get_origin(plain) or plain, field.default, text)


DECLARED = {field.name: declaration_of(field) for field in fields(Settings)}


def environment_name(setting: str) -> str:
    return ENVIRONMENT_PREFIX + setting.upper()
