"""A destination for dlt: ``dlt.pipeline("crm", destination=domo())`` loads tables into Domo's datasets.

Needs ``pip install "domo-async[dlt]"``. Also ``destination="domo_async.dlt.domo"`` names it, in code and in
``config.toml``.

```python
import dlt
from domo_async.dlt import domo

pipeline = dlt.pipeline("crm", destination=domo(), dataset_name="crm")
pipeline.run([{"id": 1, "name": "Ada"}], table_name="people", write_disposition="merge", primary_key="id")
```

Tables and datasets
===================

Table ``people`` of dlt's dataset ``crm`` is Domo's dataset ``crm.people``, which is found by its name or else created.
A dataset of that name which dlt did not create is neither loaded nor deleted, and the load is refused: the setting
``datasets`` names datasets of one's own by their ids. dlt's own tables (``_dlt_version``, ``_dlt_loads``,
``_dlt_pipeline_state``) are datasets, too; from them a pipeline on another machine takes its state and its schema.

New columns are added to the datasets, and columns that dlt no longer sees stay, with NULL in new rows. Types are never
changed: a column that would need another one is refused, before rows are sent.

How tables are loaded
=====================

``append`` and ``replace`` are one upload with one commit for each table of a load package, however many files dlt makes
of it. ``merge`` is Domo's upsert by the primary key, which becomes the dataset's upsert keys. Rows of nested tables are
replaced when their parents come again, and rows with dlt's hint ``hard_delete`` are deleted. An instance that does not
keep upsert keys refuses ``merge`` before rows are sent. dlt's other strategies, such as ``delete-insert`` and ``scd2``,
and the hint ``dedup_sort`` are refused. As with dlt's other upserts, a load has each key once.

Each upload has its journal in the load package. A job that is tried again, by dlt or by the next run after the process
was killed, continues from it: rows that are committed are not sent again. If dlt's working directory is lost in the
middle of a load, so are its journals, and the next run extracts again what was not completed: use ``merge`` where that
may happen.

Types
=====

text, json, time, bool (``true``, ``false``) and wei are STRING; bigint is LONG; double is DOUBLE; decimal is DECIMAL,
with more than 38 digits STRING; date is DATE; timestamp is DATETIME, in the local time of the setting ``timezone``
(UTC). binary is refused.
"""

from __future__ import annotations

from domo_async.errors import ConfigError

try:
    from domo_async._dlt.configuration import DomoClientConfiguration, DomoCredentials
    from domo_async._dlt.factory import domo
except ModuleNotFoundError as _missing:
    if str(_missing.name).partition(".")[0] not in {"dlt", "pyarrow"}:
        raise
    raise ConfigError('this needs dlt and PyArrow: pip install "domo-async[dlt]"') from _missing

__all__ = ["DomoClientConfiguration", "DomoCredentials", "domo"]
