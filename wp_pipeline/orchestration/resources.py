"""Dagster resources for Parameter Store and S3; what a site needs of them is built once a run."""

from threading import Lock
from typing import Any

import dagster as dg
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm import SSMResource
from pydantic import PrivateAttr

from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import SiteConfiguration, load_bucket, load_configuration
from wp_pipeline.settings import Settings


class ConfigurationResource(dg.ConfigurableResource):
    """Returns what Parameter Store holds for a site. Raises ConfigurationError."""

    ssm: dg.ResourceDependency[SSMResource]
    _sites: dict[str, SiteConfiguration] = PrivateAttr(default_factory=dict)
    _buckets: dict[str, str] = PrivateAttr(default_factory=dict)
    _store: ParameterStore = PrivateAttr()

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._sites = {}
        self._buckets = {}
        self._store = ParameterStore(self.ssm.get_client)

    def site(self, settings: Settings) -> SiteConfiguration:
        """Return everything that a run needs."""
        if settings.site not in self._sites:
            self._sites[settings.site] = load_configuration(settings, self._store)
        return self._sites[settings.site]

    def bucket(self, settings: Settings) -> str:
        """Return the bucket alone, which is all that a check needs."""
        if settings.site in self._sites:
            return self._sites[settings.site].bucket
        if settings.site not in self._buckets:
            self._buckets[settings.site] = load_bucket(settings, self._store)
        return self._buckets[settings.site]


class LakeResource(dg.ConfigurableResource):
    """Returns the lake of a site."""

    s3: dg.ResourceDependency[S3Resource]
    _lakes: dict[str, Lake] = PrivateAttr(default_factory=dict)
    _client: Any = PrivateAttr(default=None)
    _building: Any = PrivateAttr(default_factory=Lock)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._lakes = {}
        self._client = None

    def of(self, settings: Settings, bucket: str) -> Lake:
        if settings.site not in self._lakes:
            self._lakes[settings.site] = Lake(
                self._shared_client, bucket, settings.prefix, settings.encryption
            )
        return self._lakes[settings.site]

    def _shared_client(self) -> Any:
        """Return one client for all sites: to build one takes 0.1 s, and is not thread-safe."""
        with self._building:
            self._client = self._client or self.s3.get_client()
            return self._client
