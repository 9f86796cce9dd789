"""One PUT of an object: the request for it, with the features that a store has."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wp_pipeline.aws.uploading.store_features import Feature


class SeekableFile(Protocol):
    """The methods of a file that an upload uses."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...


@dataclass(frozen=True)
class Format:
    """How an object is named and served."""

    suffix: str
    content_type: str


JSON = Format(".json", "application/json")
HTML = Format(".html", "text/html; charset=utf-8")
# https://www.iana.org/assignments/media-types/application/vnd.apache.parquet
PARQUET = Format(".parquet", "application/vnd.apache.parquet")


@dataclass(frozen=True)
class Upload:
    """An object to be put. `sha256` is that of the body, whose size is in bytes.

    `instead_of` is the ETag of the version that it replaces: None if there is no object, empty if
    the store did not send an ETag. `encryption` is what `encryption_parameters` returned.
    """

    bucket: str
    key: str
    body: SeekableFile
    size: int
    sha256: bytes
    metadata: Mapping[str, str]
    instead_of: str | None
    encryption: Mapping[str, str]
    content_type: str = JSON.content_type

    @property
    def condition(self) -> Feature:
        """What must hold for the object to be put."""
        return Feature.IF_NONE_MATCH if self.instead_of is None else Feature.IF_MATCH

    @property
    def wanted(self) -> frozenset[Feature]:
        """The features that make the upload safe."""
        return frozenset({self.condition, Feature.CHECKSUM})

    @property
    def usable(self) -> frozenset[Feature]:
        """The wanted features, without a condition on a version that nobody knows."""
        return self.wanted - ({Feature.IF_MATCH} if self.instead_of == "" else set())

    def send(self, client: Any, used: frozenset[Feature]) -> None:
        """Send it with these features, from the current position of its body.

        Raises what botocore raises.
        """
        if Feature.CHECKSUM not in used:
            verify_by_signature(client)
        features: dict[str, str] = {}
        for feature in used:
            features |= self._parameter(feature)
        client.put_object(
            Bucket=self.bucket,
            Key=self.key,
            Body=self.body,
            ContentLength=self.size,
            ContentType=self.content_type,
            Metadata=dict(self.metadata),
            **self.encryption,
            **features,
        )

    def _parameter(self, feature: Feature) -> Mapping[str, str]:
        if feature is Feature.CHECKSUM:
            return {"ChecksumSHA256": b64encode(self.sha256).decode()}
        if feature is Feature.IF_NONE_MATCH:
            return {"IfNoneMatch": "*"}
        # A weak ETag never matches (RFC 9110, 13.1.1); proxies make weak ones of a store's own.
        return {"IfMatch": (self.instead_of or "").removeprefix("W/")}


def verify_by_signature(client: Any) -> None:
    """Let a client sign the SHA-256 of each body, and send no other checksum."""
    config = client.meta.config
    config.request_checksum_calculation = "when_required"
    config.s3 = {**(config.s3 or {}), "payload_signing_enabled": True}


def encryption_parameters(setting: str) -> Mapping[str, str]:
    """Return the parameters of a PUT for WP_PIPELINE_ENCRYPTION.

    >>> encryption_parameters("aws:kms:alias/lake")
    {'ServerSideEncryption': 'aws:kms', 'SSEKMSKeyId': 'alias/lake'}
    """
    if not setting:
        return {}
    kms = re.fullmatch(r"(aws:kms(?::dsse)?):(?!dsse$)(.+)", setting)
    if not kms:
        return {"ServerSideEncryption": setting}
    return {"ServerSideEncryption": kms[1], "SSEKMSKeyId": kms[2]}
