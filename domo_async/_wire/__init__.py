"""JSON and types: decoding Domo's answers to models, and encoding values as JSON. Pure, and the lowest layer.

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

from domo_async._wire.decode import decode, decode_list, either, structure
from domo_async._wire.encode import payload, unstructure, without_nulls
from domo_async._wire.enums import OpenEnum
from domo_async._wire.identifiers import NumericId
from domo_async._wire.json import dumps, loads
from domo_async._wire.model import Model, wire_name
from domo_async._wire.record import PortableForm, Record, set_portable_form
from domo_async._wire.timestamps import (
    CompactStamp,
    EpochMillis,
    EpochSeconds,
    IsoStamp,
    SpacedStamp,
    TimestampForm,
    epoch_millis,
)
from domo_async._wire.unset import UNSET, Unset

__all__ = [
    "UNSET",
    "CompactStamp",
    "EpochMillis",
    "EpochSeconds",
    "IsoStamp",
    "Model",
    "NumericId",
    "OpenEnum",
    "Record",
    "SpacedStamp",
    "TimestampForm",
    "Unset",
    "decode",
    "decode_list",
    "dumps",
    "either",
    "epoch_millis",
    "loads",
    "payload",
    "structure",
    "unstructure",
    "wire_name",
    "without_nulls",
]


def _portable_form() -> PortableForm:
    from domo_async._wire import portable  # noqa: PLC0415 - cattrs is slow to import, and many never need it

    return portable


set_portable_form(_portable_form)
