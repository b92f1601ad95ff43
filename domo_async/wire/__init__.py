"""JSON and types: what Domo answers becomes models, what is sent becomes JSON. Pure, and below all else.

```python
@frozen(kw_only=True)
class Dataset(Model):
    id: str
    data_provider: str = field(metadata=wire_name("dataProviderType"))
    row_count: int | None = None
    last_updated: EpochMillis | None = None

datasets = decode(body, list[Dataset])
```
"""

from __future__ import annotations

from domo_async.wire.decode import decode, either, structure, with_lists
from domo_async.wire.encode import known, payload, unstructure
from domo_async.wire.enums import OpenEnum
from domo_async.wire.identifiers import NumericId
from domo_async.wire.model import Model, wire_name
from domo_async.wire.text import dumps, loads
from domo_async.wire.timestamps import (
    CompactStamp,
    EpochMillis,
    EpochSeconds,
    IsoStamp,
    SpacedStamp,
    TimestampForm,
    epoch_millis,
)
from domo_async.wire.unset import UNSET, Unset

__all__ = [
    "UNSET",
    "CompactStamp",
    "EpochMillis",
    "EpochSeconds",
    "IsoStamp",
    "Model",
    "NumericId",
    "OpenEnum",
    "SpacedStamp",
    "TimestampForm",
    "Unset",
    "decode",
    "dumps",
    "either",
    "epoch_millis",
    "known",
    "loads",
    "payload",
    "structure",
    "unstructure",
    "wire_name",
    "with_lists",
]
