"""Settings of one site, from `WP_PIPELINE_*` variables or defs.yaml.

Each setting is declared once, with type, default, bounds and help text. The environment variables,
the attributes in defs.yaml, the options of the commands and all texts about settings
(`setting_texts.py`) come from this declaration.

    settings = Settings.from_environment()             # raises SettingsError: all faults at once
    settings = Settings(site="shop", concurrency=2)    # reads no environment
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

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


class Settings(BaseSettings):
    """The settings of one site. Holds names of parameters, never their values."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    site: SiteName = Field(
        "amazonwebshark",
        description="Name of the site: first part of each asset key, and the asset group.",
    )
    endpoints_parameter: ParameterName = Field(
        "/wordpress/amazonwebshark/api/mysqlendpoints",
        description="Parameter Store name of the endpoints: a StringList, String or SecureString of"
        " URLs, separated by commas or lines, or in JSON. A name that ends in `/` is a path: each"
        " parameter below it is one endpoint, named by its last part.",
    )
    bucket_parameter: ParameterName = Field(
        "/s3/lakehouse/name/raw",
        description="Parameter Store name of the bucket: a bucket name or ARN, an access point ARN"
        " or an access point alias.",
    )
    prefix: KeyPrefix = Field("wordpress-api", description="Key prefix in the bucket.")
    encryption: EncryptionName = Field(
        "",
        description="Server-side encryption of what is uploaded: `AES256`, `aws:kms`, or"
        " `aws:kms:` and the id, alias (`alias/…`) or ARN of a key. Without it, the bucket's own.",
    )
    credentials_parameter: OptionalParameterName = Field(
        "",
        description="Parameter Store name of a SecureString `user:application password`, or"
        " `ck_KEY:cs_SECRET` of WooCommerce. Without it, requests are anonymous.",
    )
    alerts_parameter: OptionalParameterName = Field(
        "/sns/pipeline/wordpressapi/raw",
        description="Parameter Store name of the ARN of an SNS topic, which is told what failed and"
        " what recovered. Where the parameter does not exist, nobody is told.",
    )
    may_be_empty: Names = Field(
        frozenset(), description="Comma-separated names of endpoints that may have no rows."
    )
    concurrency: int = Field(
        4, ge=1, description="Concurrent requests to the site, over all of its endpoints."
    )
    timeout: Duration = Field(
        30.0, gt=0, description="Seconds to wait for a connection, and for each read."
    )
    deadline: Duration = Field(3600.0, gt=0, description="Seconds that one endpoint may take.")
    longest_wait: Duration = Field(
        120.0, ge=0, description="Longest `Retry-After`, in seconds, that is waited for."
    )
    largest_body: int = Field(
        1 << 30, gt=0, description="Largest body of one answer, in bytes, after decompression."
    )
    largest_drop: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Largest share of the stored rows that an endpoint may lose. A payload that has"
        f" lost more, and at least {FEWEST_LOST} rows, is refused until it is accepted for a run.",
    )
    noticeable_drop: float = Field(
        0.2, ge=0, le=1, description="Largest share of rows that may be lost without a warning."
    )
    retry_delay: Duration = Field(
        60.0, ge=0, description="Seconds before a run retries refused endpoints."
    )
    user_agent: Header = Field(DEFAULT_USER_AGENT, description="User-Agent header of each request.")
    changes_interval: int = Field(
        300, ge=30, description="Seconds between two looks of the changes sensor."
    )
    outline_interval: Duration = Field(
        3600.0, gt=0, description="Seconds after which the changes sensor compares outlines."
    )
    outline_fields: Names = Field(
        frozenset(),
        description="Comma-separated members that plugins add to items, such as `acf`. Outlines"
        " hold them too, so that a change of them is seen although the item has no new date.",
    )
    single_answers: bool = Field(
        False,
        description="Whether the changes sensor asks for single answers too, as soon as a"
        " collection changed. They can't be probed.",
    )
    full_after_days: Duration = Field(
        7.0,
        gt=0,
        description="Days after the last full read when a refresh becomes a full read.",
    )
    tables: bool = Field(
        False, description="Whether each object becomes a typed table too: see docs/tables.md."
    )
    glue_database: DatabaseName = Field(
        "",
        description="Glue database in which the tables are registered, so that Athena finds them."
        " It must exist. Without it, tables are not registered.",
    )
    owners: Owners = Field(
        frozenset(),
        description="Comma-separated owners of the assets, as Dagster's UI shows them: e-mail"
        " addresses, or teams such as `team:data`.",
    )
    webserver: WebAddress = Field(
        "",
        description="Address of Dagster's webserver, such as `http://127.0.0.1:3000`: there the"
        " endpoints sensor reloads the code location. Without it, the sensor asks for a reload.",
    )
    steps: Steps = Field(
        STEP_OF_SITE,
        description="`site`: one step of Dagster extracts the site. `endpoint`: each endpoint is a"
        " step, and several workers share a giant site: docs/production.md.",
    )
    pool: PoolName = Field(
        "", description="Dagster pool of the steps of endpoints; without it, the site's name."
    )
    timezone: TimeZone = Field("UTC", description="Time zone of the daily schedule.")
    daily_at: DailyTime = Field(
        "",
        description=f"Time of the daily schedule, such as `23:30`. Without it {DAILY_AT}; the sites"
        f" of `WordPressSites` are then spread over the hour from {DAILY_AT}.",
    )

    def __init__(self, **values: Any) -> None:
        """Raises SettingsError."""
        try:
            super().__init__(**values)
            return
        except ValidationError as invalid:
            error = SettingsError(map(fault_of, invalid.errors(include_url=False)))
        raise error  # Outside of the except block: the ValidationError holds the values.

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing implicitly: see `from_environment`."""
        return (init_settings,)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, **given: Any
    ) -> "Settings":
        """Read the `WP_PIPELINE_*` variables; what is `given` (and not None) takes precedence.

        A blank variable counts as not set. Raises SettingsError.
        """
        source = EnvSettingsSource(cls)
        source.env_vars = {
            name.lower(): text.strip() for name, text in environment.items() if text.strip()
        }
        values = {name: value for name, value in given.items() if value is not None}
        return cls(**{**source(), **values})


def environment_name(setting: str) -> str:
    return ENVIRONMENT_PREFIX + setting.upper()


def fault_of(error: Any) -> Fault:
    """Return which setting is wrong and why, without its value."""
    setting, message = str(error["loc"][0]), error["msg"]
    if message.startswith("Input should"):  # pydantic's own: what follows a comma is detail.
        reason = f"must {message.removeprefix('Input should ').partition(',')[0]}"
    else:
        reason = message.removeprefix("Value error, ")
    return Fault(f"{environment_name(setting)} {reason}", setting=setting)
