"""What SQLAlchemy's tests may expect: nothing that writes, and nothing that datasets do not have."""

from __future__ import annotations

from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements

__all__ = ["Requirements"]

_ABSENT = (
    *("autocommit", "autoincrement_insert", "check_constraint_reflection", "comment_reflection", "empty_inserts"),
    *("foreign_key_constraint_reflection", "foreign_key_ddl", "foreign_keys", "index_reflection", "json_type"),
    *("named_constraints", "primary_key_constraint_reflection", "savepoints", "temp_table_reflection"),
    *("temporary_tables", "time_microseconds", "datetime_microseconds", "timestamp_microseconds"),
    *("unique_constraint_reflection", "update_from", "views", "datetime_literals", "array_type", "uuid_data_type"),
    "server_side_cursors",  # a driver has no cursors of another kind
)


class Requirements(SuiteRequirements):
    """See the module."""


for _name in _ABSENT:
    setattr(Requirements, _name, property(lambda _: exclusions.closed()))
