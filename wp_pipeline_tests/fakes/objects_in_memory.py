"""Objects in memory, as the report reads those of a bucket."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.aws.lake import ObjectStream


@dataclass
class ObjectsInMemory:
    """Objects by the names of their endpoints: JSON values, or bytes as they are."""

    objects: Mapping[str, Any]
    metadata: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def open(self, name: str) -> ObjectStream | None:
        if name not in self.objects:
            return None
        value = self.objects[name]
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return ObjectStream(io.BytesIO(body), self.metadata.get(name, {}))
