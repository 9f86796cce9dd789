"""What the checks examine: settings, parameters, bucket and site, by the code of a run.

Each is read once, when a check first needs it, and is None if it can't be read.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.inspection.bucket import BucketInspection
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import (
    ConfigurationError,
    ParameterStoreFailed,
    SiteConfiguration,
    load_bucket,
    load_configuration,
)
from wp_pipeline.extraction.extract import site_options
from wp_pipeline.fault import Fault
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.site.site import Site, open_site

BACKOFF = 0.2  # seconds: somebody is waiting for the report


@dataclass(frozen=True)
class Loaded:
    """The configuration, or what is wrong with it, or why it could not be read."""

    configuration: SiteConfiguration | None = None
    faults: Sequence[Fault] = ()
    notes: Sequence[Fault] = ()
    error: AwsError | None = None


@dataclass(frozen=True)
class Examination:
    """One run of the doctor.

    `given` are the options of the command. `environment` is that of the process, with AWS's own
    variables. `clocks` has by how many seconds our clock is ahead of others.
    """

    settings: Settings
    given: Mapping[str, object] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    observer: Observer = field(default_factory=Observer)
    clocks: dict[str, float] = field(default_factory=dict)

    @cached_property
    def store(self) -> ParameterStore:
        return ParameterStore(lambda: build_client("ssm"))

    @cached_property
    def _loaded(self) -> Loaded:
        try:
            return Loaded(load_configuration(self.settings, self.store))
        except ParameterStoreFailed as failed:
            return Loaded(error=failed.error)
        except ConfigurationError as error:
            return Loaded(faults=error.faults, notes=error.notes)

    @property
    def configuration(self) -> SiteConfiguration | None:
        """What Parameter Store holds for a run."""
        return self._loaded.configuration

    @property
    def faults(self) -> Sequence[Fault]:
        """What is wrong with the parameters, if they were read."""
        return self._loaded.faults

    @property
    def notes(self) -> Sequence[Fault]:
        """What was noticed of parameters that are wrong, and may be the cause."""
        return self._loaded.notes

    @property
    def parameter_store_error(self) -> AwsError | None:
        """Why the parameters were not read, if they were not."""
        return self._loaded.error

    @cached_property
    def bucket(self) -> BucketInspection | None:
        """The bucket, even if other parameters can't be used."""
        if self.configuration:
            return BucketInspection(self.client, self.configuration.bucket)
        try:
            return BucketInspection(self.client, load_bucket(self.settings, self.store))
        except ConfigurationError:
            return None

    @cached_property
    def lake(self) -> Lake | None:
        if self.bucket is None:
            return None
        return Lake(self.client, self.bucket.bucket, self.settings.prefix, self.settings.encryption)

    def open_site(self, observer: Observer | None = None) -> Site:
        """Return the site as a run reads it, with shorter waits, for a `with` statement."""
        if self.configuration is None:
            raise ValueError("a check of the site needs the configuration")
        options = site_options(self.settings, self.configuration)
        patience = {"backoff": BACKOFF, "maintenance_wait": 0.0}
        return open_site(replace(options, **patience), observer or self.observer)

    def client(self) -> Any:
        return self._client

    @cached_property
    def _client(self) -> Any:
        """Raises what botocore raises."""
        return build_client("s3")
