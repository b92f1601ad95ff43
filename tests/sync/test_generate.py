"""The facade's generator, on the shop: a package with every construct that it knows."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent, indent

import pytest

from domo_async._generator import OMITTED, RULES, Generator, Rule
from domo_async.sync._generate import main
from tests.sync.shop._transport import Log
from tests.sync.shop.sync import Domo

ROOT = Path(__file__).parents[2]
SHOP = "tests.sync.shop"


@pytest.fixture
def log() -> Log:
    return Log("corner")


@pytest.fixture
def shop(log: Log) -> Iterator[Domo]:
    with Domo("corner", log=log) as shop:
        yield shop


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shop to spoil."""
    folder = tmp_path.joinpath(*SHOP.split("."))
    shutil.copytree(ROOT.joinpath(*SHOP.split(".")), folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def generator(copied: Path) -> Generator:
    return Generator(copied.parents[2], SHOP)


def refusal(copied: Path) -> str:
    """Generate, and return the message that it ends with."""
    with pytest.raises(SystemExit) as ended:
        generator(copied).generate()
    return str(ended.value)


def test_the_shops_facade_is_what_is_expected() -> None:
    assert main(["--check"], Generator(ROOT, SHOP)) == 0


def test_the_projects_facade_is_current() -> None:
    assert main(["--check"]) == 0


def test_the_generator_runs_as_a_script_where_the_facade_cannot_be_imported(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "domo_async", tmp_path / "domo_async", ignore=shutil.ignore_patterns("__pycache__"))
    broken = tmp_path / "domo_async" / "sync" / "_client.py"
    whole = broken.read_text()
    broken.write_text(whole.replace("from domo_async._client import", "from domo_async.gone import"))

    subprocess.run([sys.executable, tmp_path / "domo_async" / "sync" / "_generate.py"], check=True)

    assert whole == broken.read_text()


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff is not installed")
@pytest.mark.parametrize("check", [["format", "--check"], ["check"]], ids=["format", "lint"])
def test_generated_code_needs_no_formatter_and_no_fixes(check: list[str]) -> None:
    for package in (SHOP, "domo_async"):
        made = Generator(ROOT, package, omitted=OMITTED)
        files = [made.folder / name for name in made.generate()]
        ruff = subprocess.run(
            [sys.executable, "-m", "ruff", *check, *files], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ruff.returncode == 0, ruff.stdout


def test_coroutines_are_run_with_all_kinds_of_parameters(shop: Domo) -> None:
    assert shop.orders.renumber(1, 2, by="me").number == 2
    assert shop.orders.notes.add(1, "a", "b", more=3) == "abmore=3"


def test_callbacks_are_passed_on(shop: Domo) -> None:
    import datetime as dt

    seen: list[object] = []
    order = shop.orders.make("tea", dt.date(2026, 1, 2), {"tea": 1.5}, watch=seen.append)

    assert [order] == seen
    assert order.text == "tea 2026-01-02 1 any b2c 60.0 order"


def test_a_pager_is_iterated_over_page_by_page(shop: Domo, log: Log) -> None:
    orders = iter(shop.orders.list())
    next(orders)
    next(orders)

    assert log.seen == ["enter", "page 0"]
    assert [order.number for order in orders] == [1, 1, 2, 2]


def test_a_pager_has_pages_all_and_first(shop: Domo) -> None:
    orders = shop.orders.list(state="open")

    assert [len(page) for page in orders.pages()] == [2, 2, 2]
    assert len(orders.all()) == 6
    first = orders.first()
    assert first is not None
    assert first.text == "open"


def test_a_pager_with_a_cursor_can_be_left_anywhere(shop: Domo) -> None:
    history = shop.orders.history()
    assert history.cursor == "1"

    numbers = iter(history)
    assert [next(numbers), history.cursor] == [1, "2"]
    assert [next(numbers), next(numbers), history.cursor] == [2, 3, "4"]
    assert [next(history.pages()), history.cursor] == [(1, 2), "3"]
    assert [history.first(), history.cursor] == [1, "2"]
    assert [history.all(), history.cursor] == [[1, 2, 3, 4], "5"]


def test_an_async_generator_becomes_an_iterator(shop: Domo) -> None:
    assert [order.text for order in shop.orders.follow()] == ["follow 0", "follow 1", "follow 2"]
    assert list(shop.orders.scan(8, columns=("a", "b"), backwards=True)) == [("b", "a"), ("b", "a")]


def test_overloads_and_properties_are_mirrored(shop: Domo) -> None:
    assert shop.request("7", into=int) == 7
    assert shop.shelves == 3
    assert shop.with_shelves(5).shelves == 5


def test_the_client_is_entered_closed_and_named_as_the_async_one(log: Log) -> None:
    with Domo("corner", log=log) as shop:
        assert repr(shop) == "Domo('corner')"

    assert log.seen == ["enter", "close"]


def test_the_clients_other_constructors_work(log: Log) -> None:
    with Domo.from_env(log=log) as shop:
        shop.staff.hire("Ann")
    with Domo.login("corner", "sesame", log=log) as shop:
        shop.staff.hire("Bob")

    assert log.seen == ["enter", "hire Ann", "close", "login", "enter", "hire Bob", "close"]
    with pytest.raises(PermissionError):
        Domo.login("corner", "wrong")


def test_areas_are_imported_when_they_are_asked_for() -> None:
    modules = subprocess.run(
        [sys.executable, "-c", f"import sys, {SHOP}.sync; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert f"{SHOP}.sync._client" in modules
    assert f"{SHOP}.sync._orders" not in modules


# Each is appended to the class of an area, and refused with its message at its line.
_UNKNOWN = {
    "decorator": ("@functools.cache\nasync def x(self) -> int:\n    '''X.'''\n", "'x' has decorators", 1),
    "staticmethod": ("@staticmethod\ndef x() -> int:\n    '''X.'''\n", "'x' has decorators", 1),
    "classmethod": ("@classmethod\ndef x(cls) -> int:\n    '''X.'''\n", "'x' has decorators", 1),
    "plain method": ("def x(self) -> int:\n    '''X.'''\n", "neither `async def`", 0),
    "no return type": ("async def x(self):\n    '''X.'''\n", "annotate what 'x' returns", 0),
    "no docstring": ("async def x(self) -> int:\n    return 1\n", "write a docstring for 'x'", 0),
    "async talk": ("async def x(self) -> int:\n    '''Awaitable.'''\n", "add a rule to RULES", 1),
    "unannotated generator": ("async def x(self) -> Order:\n    '''X.'''\n    yield 1\n", "AsyncIterator[…]", 0),
    "awaitable iterator": (
        "async def x(self) -> AsyncIterator[int]:\n    '''X.'''\n    return y\n",
        "cannot return AsyncIterator",
        0,
    ),
    "context manager": (
        "async def x(self) -> AbstractAsyncContextManager[int]:\n    '''X.'''\n",
        "cannot return AbstractAsyncContextManager",
        0,
    ),
    "dunder": ("async def __aenter__(self) -> Self:\n    '''X.'''\n", "'__aenter__' has no counterpart", 0),
    "attribute": ("x: int = 1\n", "make the attribute 'x' a property", 0),
    "attribute of the instance": (
        "def __init__(self, log: Log) -> None:\n    self._log = log\n    self.x = 1\n",
        "make the attribute 'x' a property",
        2,
    ),
    "nested class": ("class X:\n    '''X.'''\n", "ClassDef in a class body", 0),
    "area in a union": ("async def x(self) -> Notes | None:\n    '''X.'''\n", "cannot return Notes", 0),
    "area as a parameter": ("async def x(self, y: Notes) -> int:\n    '''X.'''\n", "cannot pass a Notes", 0),
    "unbound name": ("async def x(self) -> Nowhere:\n    '''X.'''\n", "'Nowhere' is not bound", 0),
    "quoted annotation": ("async def x(self, y: 'Order') -> int:\n    '''X.'''\n", "in quotes", 0),
    "cached value": ("@cached_property\ndef x(self) -> int:\n    '''X.'''\n", "a cached property returns an Area", 1),
    "asynchronous property": (
        "@property\ndef x(self) -> AsyncIterator[int]:\n    '''X.'''\n",
        "make it a method",
        1,
    ),
    "setter": (
        "@property\ndef x(self) -> int:\n    '''X.'''\n@x.setter\ndef x(self, x: int) -> None:\n    '''X.'''\n",
        "defined more than once",
        4,
    ),
    "overloads of two kinds": (
        "@overload\nasync def x(self) -> int: ...\ndef x(self, y: int = 0) -> Pager[int]:\n    '''X.'''\n",
        "overloads with different types",
        1,
    ),
}


@pytest.mark.parametrize(("source", "message", "line"), _UNKNOWN.values(), ids=_UNKNOWN.keys())
def test_an_unknown_construct_ends_the_run_with_its_place(copied: Path, source: str, message: str, line: int) -> None:
    area = copied / "_endpoints" / "orders" / "area.py"
    text = area.read_text()
    first = text.count("\n") + 2
    area.write_text(text + "\n" + indent(source, "    "))

    said = refusal(copied)

    assert message in said
    place = f"tests/sync/shop/_endpoints/orders/area.py:{first + line}:"
    assert said.startswith(place)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("class X:", "derive X from Area,"),
        ("class X(Area, Log):", "derives from Area alone"),
        ("@frozen\nclass X(Area):", "derives from Area alone"),
        ("class X(Orders):", "derive X from Area,"),
    ],
)
def test_a_class_of_another_shape_ends_the_run(copied: Path, head: str, message: str) -> None:
    area = copied / "_endpoints" / "orders" / "area.py"
    area.write_text(f"{area.read_text()}\n{head}\n    '''X.'''\n    async def x(self) -> int:\n        '''X.'''\n")

    assert message in refusal(copied)


def test_two_classes_of_one_name_in_an_area_end_the_run(copied: Path) -> None:
    notes = copied / "_endpoints" / "orders" / "notes.py"
    notes.with_name("others.py").write_text(notes.read_text())

    assert "already has a class 'Notes'" in refusal(copied)


def test_one_name_for_two_things_in_an_area_ends_the_run(copied: Path) -> None:
    notes = copied / "_endpoints" / "orders" / "notes.py"
    notes.write_text(
        notes.read_text().replace("number: int", "number: State").replace("Area\n", "Area\nState = int\n", 1)
    )

    assert "'State' already means" in refusal(copied)


def test_an_area_with_the_clients_module_name_ends_the_run(copied: Path) -> None:
    (copied / "_endpoints" / "client.py").write_text("")

    assert "rename the area" in refusal(copied)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("class Domo:", "class Shop:", "define the client as `class Domo:`"),
        ("async def __aexit__", "async def _exit", "`__aexit__`"),
        ("        session: A connection of your own,\n", "", "document 'session'"),
        ("session: socket.socket | None", "wire: socket.socket | None", "`session` found nothing to do"),
        ("def from_env(cls, *, log: Log | None = None) -> Self:", "def from_env(cls) -> Domo:", "returns Self"),
    ],
)
def test_a_client_of_another_shape_ends_the_run(copied: Path, old: str, new: str, message: str) -> None:
    client = copied / "_client.py"
    assert old in client.read_text()
    client.write_text(client.read_text().replace(old, new))

    assert message in refusal(copied)


def test_a_rule_that_finds_nothing_to_do_is_an_error(copied: Path) -> None:
    rules = (*RULES, Rule("asynchronous", "synchronous"))

    with pytest.raises(SystemExit, match=r"asynchronous.* found nothing to do"):
        Generator(copied.parents[2], SHOP, rules=rules).generate()


def test_check_passes_and_writes_nothing_where_all_is_current(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], generator(copied)) == 0
    assert capsys.readouterr().out == ""


def _change(path: Path) -> None:
    path.write_text(path.read_text().replace("Return an order", "Return a order"))


def _truncate(path: Path) -> None:
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-5]))


def _add(path: Path) -> None:
    shutil.copy(path, path.with_name("_surplus.py"))


@pytest.mark.parametrize(
    ("spoil", "shown"),
    [
        (_change, '-        """Return a order.'),
        (_truncate, "+    def add("),
        (Path.unlink, "--- missing"),
        (_add, "+++ surplus"),
    ],
)
def test_check_shows_what_is_out_of_date_fails_and_leaves_it(
    copied: Path, capsys: pytest.CaptureFixture[str], spoil: object, shown: str
) -> None:
    orders = copied / "sync" / "_orders.py"
    assert callable(spoil)
    spoil(orders)
    before = {path: path.read_text() for path in orders.parent.glob("*.py")}

    assert main(["--check"], generator(copied)) == 1
    assert shown in capsys.readouterr().out
    assert before == {path: path.read_text() for path in orders.parent.glob("*.py")}


@pytest.mark.parametrize("spoil", [_change, _truncate, Path.unlink, _add])
def test_writing_mends_what_is_out_of_date(copied: Path, spoil: object) -> None:
    orders = copied / "sync" / "_orders.py"
    before = {path.name: path.read_text() for path in orders.parent.glob("*.py")}
    assert callable(spoil)
    spoil(orders)

    assert main([], generator(copied)) == 0
    assert before == {path.name: path.read_text() for path in orders.parent.glob("*.py")}


def test_a_file_written_by_hand_is_not_overwritten(copied: Path) -> None:
    orders = copied / "sync" / "_orders.py"
    orders.write_text('"""Mine."""\n')

    with pytest.raises(SystemExit, match="was not generated"):
        main([], generator(copied))
    assert orders.read_text() == '"""Mine."""\n'


def test_a_new_endpoint_appears_in_the_facade(copied: Path) -> None:
    staff = copied / "_endpoints" / "staff.py"
    staff.write_text(
        staff.read_text()
        + indent(
            dedent('''
        async def fire(
            self,
            name: str,
            /,
        ) -> str:
            """Fire somebody."""
            return await self._log.do(name)
    '''),
            "    ",
        )
    )

    text = generator(copied).generate()["_staff.py"]

    ast.parse(text)
    assert 'def fire(self, name: str, /) -> str:\n        """Fire somebody."""\n' in text
    assert "return self._portal.run(self._aio.fire(name))" in text


def test_an_annotation_may_go_over_several_lines(copied: Path) -> None:
    area = copied / "_endpoints" / "orders" / "area.py"
    long = "async def x(\n    self, y: Sequence[\n        int\n    ]\n) -> int:\n    '''X.'''\n"
    area.write_text(area.read_text() + "\n" + indent(long, "    "))

    assert "    def x(self, y: Sequence[int]) -> int:\n" in generator(copied).generate()["_orders.py"]


def test_the_index_names_each_route_with_the_calls_that_reach_it() -> None:
    page = (ROOT.joinpath(*SHOP.split(".")) / "ROUTES.md").read_text()

    rows = [line for line in page.splitlines() if line.startswith("| `")]
    renumber, follow = "domo.orders.renumber(number, new_number, by=…)", "domo.orders.follow()"
    assert [
        "| `GET /orders/{number}` | documented | `await domo.orders.get(number)` | `domo.orders.get(number)` |",
        f"| `PUT /orders/{{number}}` | unconfirmed | `await {renumber}` | `{renumber}` |",
        f"| `POST /numbers` | unconfirmed | `await {renumber}` | `{renumber}` |",
        "| `GET /orders` | seen | `async for … in domo.orders.list()` | `for … in domo.orders.list()` |",
        f"| `GET /orders/next` | unconfirmed | `async for … in {follow}` | `for … in {follow}` |",
    ] == rows


def test_a_stale_index_is_noticed(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = copied / "ROUTES.md"
    index.write_text(index.read_text().replace("GET /orders/next", "GET /orders/gone"))

    assert main(["--check"], generator(copied)) == 1
    assert "-| `GET /orders/gone`" in capsys.readouterr().out
