"""What the checks look at: settings, parameters, bucket and site, by the code of a run.

Each is read once, when a check first wants it, and is None where it can't be read.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.inspection.bucket import BucketInspection
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import (
    ConfigurationError,
    SiteConfiguration,
    load_bucket,
    load_configuration,
)
from wp_pipeline.extraction.extract import site_options
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.site.site import Site, open_site

BACKOFF = 0.2  # seconds: somebody is waiting for the report


@dataclass(frozen=True)
class Examination:
    """One run of the doctor. `given` are the options; `clocks` is how far ours is ahead of others.

    `environment` is that of the process, where AWS's own variables are found too.
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
    def loaded(self) -> SiteConfiguration | ConfigurationError:
        """What Parameter Store holds for a run, or why that can't be used."""
        try:
            return load_configuration(self.settings, self.store)
        except ConfigurationError as error:
            return error

    @property
    def configuration(self) -> SiteConfiguration | None:
        return self.loaded if isinstance(self.loaded, SiteConfiguration) else None

    @cached_property
    def bucket(self) -> BucketInspection | None:
        """The bucket, also where other parameters can't be used."""
        if isinstance(self.loaded, SiteConfiguration):
            return BucketInspection(self.client, self.loaded.bucket)
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
