"""Reading of statements: their type, and the dataset that they read. Pure: nothing is sent.

Datasets are found by parsing the SQL; of its text, only their names are replaced. All else is sent as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import takewhile
from operator import is_not
from typing import Any, ClassVar

import sqlglot
from attrs import frozen
from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import SqlglotError
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.trie import new_trie

from domo_async._dbapi.errors import NotSupportedError, ProgrammingError
from domo_async._transfer.reading.sql_text import quoted_name, tokens

__all__ = [
    "DATASET",
    "INFORMATION_SCHEMA",
    "SCHEMA",
    "Ignored",
    "Local",
    "Query",
    "Show",
    "Statement",
    "parse",
    "tree_of",
]

SCHEMA = "domo"
"""The name of the one schema, which holds all datasets."""
INFORMATION_SCHEMA = "information_schema"
DATASET = "table"
"""The name that stands for the connection's own dataset, and by which Domo calls the dataset of a query."""

_READS = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "SET", "USE"})
# What begins and ends transactions, and what sets for them that which holds anyway.
_TRANSACTIONS = re.compile(
    r"""
    BEGIN(\ WORK)?
    | START\ TRANSACTION(\ WITH\ CONSISTENT\ SNAPSHOT|\ READ\ (ONLY|WRITE))?
    | (COMMIT|ROLLBACK)(\ WORK)?(\ AND(\ NO)?\ CHAIN)?(\ (NO\ )?RELEASE)?
    | ROLLBACK(\ WORK)?\ TO(\ SAVEPOINT)?\ \S+
    | (RELEASE\ )?SAVEPOINT\ \S+
    | SET(\ SESSION)?\ TRANSACTION\ (READ\ ONLY|ISOLATION\ LEVEL\ READ\ (UN)?COMMITTED)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EFFECTS = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command)
_OTHER_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s|:\d")


class _Domo(MySQL):
    """MySQL's grammar, without log lines about what it does not know."""

    class Parser(MySQLParser):
        """See there."""

        SHOW_PARSERS: ClassVar[dict[str, Any]] = {
            **MySQLParser.SHOW_PARSERS,
            **{f"{full}FIELDS": MySQLParser.SHOW_PARSERS[f"{full}COLUMNS"] for full in ("", "FULL ")},
            **dict.fromkeys(("INDEXES", "KEYS"), MySQLParser.SHOW_PARSERS["INDEX"]),
        }
        SHOW_TRIE: ClassVar[dict[str, Any]] = new_trie(key.split(" ") for key in SHOW_PARSERS)

        def _warn_unsupported(self) -> None:
            """Say nothing: the statement is refused."""


@frozen
class _Edit:
    """A piece of SQL to be replaced: from, to and the new text."""

    start: int
    end: int
    text: str


@frozen
class Query:
    """A SELECT over datasets.

    Attributes:
        sql: The SQL as it was written, without a trailing semicolon.
        names: The names of the datasets that it reads, each once; `DATASET` is that of the connection.
        references: The places at which they stand, with their names.
        has_placeholders: Whether it has placeholders.
    """

    sql: str
    names: tuple[str, ...]
    references: tuple[_Edit, ...]
    has_placeholders: bool

    def over_one_dataset(self) -> str:
        """Return the SQL as Domo takes it, with the dataset's names replaced."""
        return _edited(self.sql, self.references)


@frozen
class Local:
    """A SELECT that reads no dataset: constants, or the description of datasets.

    Attributes:
        sql: The SQL as it was written.
        has_placeholders: Whether it has placeholders.
    """

    sql: str
    has_placeholders: bool


@frozen
class Show:
    """A statement that lists what there is.

    Attributes:
        subject: What is listed, such as ``TABLES``.
        target: The dataset whose columns or indexes are listed, if any.
        like: The pattern of the names, if any.
        where: The condition on what is listed, if any.
        full: Whether more is listed about each.
    """

    subject: str
    target: str | None = None
    like: str | None = None
    where: str | None = None
    full: bool = False


@frozen
class Ignored:
    """A statement that changes nothing here, such as COMMIT."""


Statement = Query | Local | Show | Ignored


def parse(sql: str) -> Statement:
    """Return what a statement asks for.

    Raises:
        NotSupportedError: It is not a statement that reads, or one that does not exist here.
        ProgrammingError: It cannot be read.
        ConfigError: A text, a name or a comment is never closed.
    """
    if not isinstance(sql, str):
        raise ProgrammingError(f"pass the SQL as text, not as a {type(sql).__name__}")
    body = _without_semicolon(sql)
    if _TRANSACTIONS.fullmatch(_plain(body)):
        return Ignored()
    first = _first_word(body)
    if first not in _READS:
        raise NotSupportedError(
            f"{first} is not sent: a connection only reads, one statement at a time. Change datasets with the client"
            " (`connection.domo`), for example with datasets.upload"
        )
    tree = tree_of(body)
    match tree:
        case exp.Query() if first != "TABLE":
            return _query(body, tree)
        case exp.Show():
            return _show(tree)
        case exp.Describe() if isinstance(tree.this, exp.Table):
            return Show("COLUMNS", _dataset_name(tree.this))
        case exp.Use():
            _check_schema(tree.this.name)
            return Ignored()
        case exp.Set() if _is_harmless(tree):
            return Ignored()
    raise NotSupportedError(
        f"{_shown(body)} is not supported: it can neither be sent to a dataset nor be answered without one"
    )


def tree_of(sql: str) -> exp.Expr:
    """Return the syntax tree of exactly one statement.

    Raises:
        ProgrammingError: It cannot be read, or there are more.
    """
    try:
        found = [each for each in sqlglot.parse(sql, read=_Domo) if each is not None]
    except RecursionError:
        raise ProgrammingError("the SQL is nested too deeply") from None
    except SqlglotError as error:
        problem = error.errors[0] if isinstance(error, sqlglot.ParseError) and error.errors else {}
        where = f" at line {problem['line']}, column {problem['col']}" if problem.get("line") else ""
        near = f", near {problem['highlight']!r}" if problem.get("highlight") else ""
        hint = "; placeholders are ? and :name" if _OTHER_PLACEHOLDER.search(sql) else ""
        raise ProgrammingError(f"the SQL cannot be read{where}{near}{hint}") from None
    if len(found) != 1:
        raise ProgrammingError(f"pass exactly one statement, not {len(found)}")
    return found[0]


def _without_semicolon(sql: str) -> str:
    """Return SQL without semicolons and comments after its end."""
    end = 0
    for token in tokens(sql):
        if token.type != "comment" and token.text != ";" and not token.text.isspace():
            end = token.start + len(token.text)
    if not end:
        raise ProgrammingError("the SQL is empty")
    return sql[:end]


def _plain(sql: str) -> str:
    """Return SQL without comments, and with single blanks."""
    return " ".join("".join(" " if token.type == "comment" else token.text for token in tokens(sql)).split())


def _first_word(sql: str) -> str:
    return next((token.text.upper() for token in tokens(sql) if token.type == "word"), _shown(sql))


def _shown(sql: str) -> str:
    return repr(sql if len(sql) <= 60 else f"{sql[:60]}…")


def _query(sql: str, tree: exp.Query) -> Query | Local:
    _refuse_effects(tree)
    tables = [table for table in tree.find_all(exp.Table) if not _is_defined(table)]
    named = [table for table in tables if isinstance(table.this, exp.Identifier) and not _is_dual(table)]
    _check_names(sql, tables)
    has_placeholders = tree.find(exp.Placeholder, exp.Parameter) is not None
    local = [table for table in named if table.db.lower() == INFORMATION_SCHEMA]
    if len(local) == len(named):
        return Local(sql, has_placeholders)
    if local:
        raise NotSupportedError(f"a query cannot read datasets and {INFORMATION_SCHEMA} at the same time")
    names = tuple(dict.fromkeys(map(_dataset_name, named)))
    return Query(sql, names, tuple(_edits(tree, named)), has_placeholders)


def _is_dual(table: exp.Table) -> bool:
    return table.name.lower() == "dual" and not table.db and not table.this.quoted


def _check_names(sql: str, tables: Iterable[exp.Table]) -> None:
    """Refuse names that are values: quoted as texts, or bound. Then columns may be texts as well, without an error."""
    for table in tables:
        if isinstance(table.this, exp.Placeholder | exp.Parameter):
            raise ProgrammingError("the name of a dataset cannot be bound: write it into the SQL, in backticks")
        for part in (table.this, table.args.get("db")):
            if isinstance(part, exp.Identifier) and sql[_start(part)] in "'\"":
                quoted = sql[_start(part) : _end(part)]
                raise ProgrammingError(
                    f"{quoted} is a text in Domo's SQL: write names in backticks, as in `{part.name}`"
                )


def _refuse_effects(tree: exp.Query) -> None:
    if tree.find(*_EFFECTS) is not None:
        raise NotSupportedError("a query that also changes something is not sent: a connection only reads")
    for query in tree.find_all(exp.Query):
        if query.args.get("locks"):
            raise NotSupportedError("rows cannot be locked: leave FOR UPDATE and FOR SHARE out")
        if isinstance(query.args.get("limit"), exp.Fetch):
            raise NotSupportedError("FETCH is not supported: write LIMIT with the number of rows")
        if query.args.get("into"):
            raise NotSupportedError("SELECT … INTO is not sent: a connection only reads")


def _is_defined(table: exp.Table) -> bool:
    """Return whether a table's name is that of a common table expression which can be seen at its place."""
    if table.db:
        return False
    node: exp.Expr = table
    while (parent := node.parent) is not None:
        with_ = parent if isinstance(parent, exp.With) else parent.args.get("with_")
        if with_ is not None and with_ is not node:
            # An expression sees those before it, and itself if it is recursive.
            seen = with_.expressions if with_.recursive else takewhile(partial(is_not, node), with_.expressions)
            if any(each.alias.lower() == table.name.lower() for each in seen):
                return True
        node = parent
    return False


def _dataset_name(table: exp.Table) -> str:
    if table.db:
        _check_schema(f"{table.catalog}.{table.db}" if table.catalog else table.db)
    return table.name


def _check_schema(name: str) -> None:
    if name.lower() == INFORMATION_SCHEMA:
        raise NotSupportedError(f"{INFORMATION_SCHEMA} itself is not described: query its tables, such as TABLES")
    if name.lower() != SCHEMA:
        raise ProgrammingError(
            f"the schema {name!r} does not exist: name datasets without a schema, or with {SCHEMA!r}"
        )


def _edits(tree: exp.Query, tables: Iterable[exp.Table]) -> Iterator[_Edit]:
    """Yield what changes in the text: the names of datasets, and schemas before the tables of columns."""
    columns = list(tree.find_all(exp.Column))
    qualifiers = {column.table.lower() for column in columns if column.table}
    for table in tables:
        first = table.args.get("db") or table.this
        # Columns may be qualified with the name that the user wrote.
        alias = f" AS {quoted_name(table.name)}" if not table.alias and table.name.lower() in qualifiers else ""
        yield _Edit(_start(first), _end(table.this), DATASET + alias)
    for column in columns:
        schema = column.args.get("db")
        if isinstance(schema, exp.Identifier) and schema.name.lower() == SCHEMA:
            yield _Edit(_start(schema), _start(column.args["table"]), "")


def _start(identifier: exp.Expr) -> int:
    return int(identifier.meta["start"])


def _end(identifier: exp.Expr) -> int:
    return int(identifier.meta["end"]) + 1


def _edited(sql: str, edits: Iterable[_Edit]) -> str:
    pieces, position = [], 0
    for edit in sorted(edits, key=lambda each: each.start):
        pieces += [sql[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, sql[position:]])


def _show(tree: exp.Show) -> Show:
    like = tree.args.get("like")
    schema, target, where = (tree.args.get(name) for name in ("db", "target", "where"))
    if schema is not None:
        _check_schema(schema.name)
    return Show(
        str(tree.this).upper(),
        None if target is None else target.name,
        None if like is None else like.name,
        None if where is None else where.this.sql(dialect="mysql"),
        full=bool(tree.args.get("full")),
    )


def _is_harmless(tree: exp.Set) -> bool:
    """Return whether what is set holds anyway: texts are Unicode, and there is nothing to commit."""
    for item in tree.expressions:
        if item.args.get("kind") == "NAMES" and item.this.name.lower().startswith("utf8"):
            continue
        if isinstance(item.this, exp.EQ):
            name, value = item.this.left.name.lower(), item.this.right
            if name == "autocommit":
                continue
            if name.startswith("character_set_") and value.name.lower().startswith(("utf8", "null")):
                continue
        return False
    return True
