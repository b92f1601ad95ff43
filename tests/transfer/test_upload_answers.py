"""Uploads to an instance that answers as real ones are seen to, and not as the documents let one think."""

from __future__ import annotations

import logging

import pytest
from aiohttp import web

from domo_async import AfterCommitError, CommitUncertain, JobFailed, RowCountMismatch, UploadError, WaitTimeout
from domo_async._transfer.uploading.backend import Action
from tests.support import SkippingClock, talking_to

KEY = "20220513224325.628"
COMMITTED = {
    "dataSourceId": "x",
    "dataTag": None,
    "indexing": {"requestKey": KEY, "requested": True, "requestedOn": 1652481807436, "dataTag": None},
    "size": {"rowCount": 2, "columnCount": 1, "numberOfBytes": 4, "partCount": 1},
    "status": "success",
    "uploadId": 5,
}
MADE = {"dataId": "5", "schemaId": "1", "uploadStatus": "success", "numRows": 2, "uploadPercent": None}
OLD = {"dataId": "4", "schemaId": "1", "uploadStatus": "success", "numRows": 9}


class Instance:
    """An instance with one dataset and the answers that a test gives it.

    Attributes:
        commit: The answer to a commit.
        states: What is told of the index, or of the dataset, look by look; a number is a status.
        versions: The data versions, look by look; a number is a status.
        part: The answer to each part.
    """

    def __init__(self, *, commit: object = None, states: object = ("SUCCESS",), versions: object = ()) -> None:
        self.commit = COMMITTED if commit is None else commit
        self.states: list[object] = list(states)  # type: ignore[call-overload]
        self.versions = list(versions) or [[OLD], [OLD, MADE]]  # type: ignore[call-overload]
        self.part: object = {"uploadStatus": "success", "uploadMessage": None}
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        last = request.path.rpartition("/")[2]
        self.asked.append(f"{request.method} {last}")
        if last == "commit":
            return web.json_response(self.commit) if not isinstance(self.commit, int) else self._refused(self.commit)
        if last == "statuses":
            state = self.states.pop(0)
            if isinstance(state, int):
                return self._refused(state)
            if not isinstance(state, str):
                return web.json_response(state)
            return web.json_response({"dataSourceId": "x", "detail": None, "progress": {"status": state}})
        if last == "dataversions":
            found = self.versions[0] if len(self.versions) == 1 else self.versions.pop(0)
            return self._refused(found) if isinstance(found, int) else web.json_response(found)
        answers = {
            "latest": {"schema": {"columns": [{"name": "n", "type": "LONG"}]}},
            "uploads": {"uploadId": "5", "dataSourceId": 7, "requestedAsOf": "2025-11-30 12:00:00.000"},
        }
        return web.json_response(answers.get(last, self.part))

    @staticmethod
    def _refused(status: int) -> web.Response:
        return web.json_response({"status": status, "message": "no", "toe": "T"}, status=status)


async def test_identifiers_as_text_are_those_of_the_upload_and_its_version() -> None:
    async with talking_to(Instance()) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert (5, 5, True) == (done.upload_id, done.data_version, done.verified)


async def test_the_index_that_the_commit_names_is_waited_for() -> None:
    clock = SkippingClock()
    instance = Instance(states=["PENDING", " Processing", "pending", " success "])
    async with talking_to(instance, clock=clock) as domo:
        await domo.datasets.upload("x", b"1\n2\n")

    assert 4 == instance.asked.count("GET statuses")
    assert [1, 2, 2] == clock.slept


@pytest.mark.parametrize("state", ["FAILED", "ERROR", "UNHEARD_OF"])
async def test_an_index_that_ends_otherwise_is_told_after_the_commit(state: str) -> None:
    async with talking_to(Instance(states=["PENDING", state])) as domo:
        with pytest.raises(AfterCommitError, match=f"index {KEY} .*{state}") as caught:
            await domo.datasets.upload("x", b"1\n2\n")

    assert isinstance(caught.value.__cause__, JobFailed)


@pytest.mark.parametrize("first", [404, {"dataSourceId": "x", "progress": None}])
async def test_an_index_that_is_not_known_at_once_is_looked_for_again(first: object) -> None:
    clock = SkippingClock()
    async with talking_to(Instance(states=[first, "PENDING", "SUCCESS"]), clock=clock) as domo:
        await domo.datasets.upload("x", b"1\n2\n")
    assert [1, 2] == clock.slept

    async with talking_to(Instance(states=[first, first])) as domo:
        with pytest.raises(AfterCommitError, match="404|does not report"):
            await domo.datasets.upload("x", b"1\n2\n")


async def test_an_upload_goes_on_where_the_versions_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with talking_to(Instance(versions=[403])) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")
    assert (2, None, True) == (done.rows, done.data_version, done.verified)
    assert "if the commit's answer is lost" in caplog.text

    async with talking_to(Instance(versions=[403], commit={**COMMITTED, "size": None})) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")
    assert (2, None, False) == (done.rows, done.data_version, done.verified)
    assert "its rows are not verified" in caplog.text


async def test_with_a_journal_it_goes_on_as_well(tmp_path: object) -> None:
    async with talking_to(Instance(versions=[403])) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n", resume=f"{tmp_path}/journal")

    assert (2, 5, None, True) == (done.rows, done.upload_id, done.data_version, done.verified)


async def test_versions_that_may_have_been_there_before_are_not_taken_for_the_upload() -> None:
    """As the versions before it could not be read, and the commit's answer was lost."""
    async with talking_to(Instance(versions=[403, [OLD, MADE]], commit=502)) as domo:
        with pytest.raises(CommitUncertain, match="not known whether it existed before"):
            await domo.datasets.upload("x", b"1\n2\n")


async def test_a_version_of_other_rows_is_not_a_reason_to_take_ours_for_stored() -> None:
    other = {**MADE, "numRows": 1}
    async with talking_to(Instance(versions=[[OLD], [OLD, other]], commit=502)) as domo:
        with pytest.raises(CommitUncertain, match=r"holds 1 rows, .*only if the dataset has none of them, whatever"):
            await domo.datasets.upload("x", b"1\n2\n")


async def test_a_commit_that_says_that_it_failed_is_looked_up() -> None:
    failed = {**COMMITTED, "status": "ERROR", "indexing": None}
    broken = {**MADE, "uploadStatus": "error", "numRows": 0}
    async with talking_to(Instance(commit=failed, versions=[[OLD], [OLD, broken]])) as domo:
        with pytest.raises(UploadError, match="the commit failed: its answer has the status ERROR"):
            await domo.datasets.upload("x", b"1\n2\n")
    async with talking_to(Instance(commit=failed, versions=[[OLD]])) as domo:
        with pytest.raises(CommitUncertain, match="its answer has the status ERROR"):
            await domo.datasets.upload("x", b"1\n2\n")


@pytest.mark.parametrize("rows", [0, 2])
async def test_a_version_that_is_at_work_beside_the_index_is_asked_for_again(rows: int) -> None:
    uncounted = {**COMMITTED, "size": None}
    at_work = {**MADE, "uploadStatus": "processing", "numRows": rows}
    instance = Instance(commit=uncounted, versions=[[OLD], [OLD, at_work], [OLD, MADE]])
    async with talking_to(instance) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert (5, True, 3) == (done.data_version, done.verified, instance.asked.count("GET dataversions"))


async def test_a_version_that_fails_while_the_index_is_at_work_is_told_after_the_commit() -> None:
    failed = {**MADE, "uploadStatus": "error"}
    async with talking_to(Instance(versions=[[OLD], [OLD, failed]])) as domo:
        with pytest.raises(AfterCommitError, match="now reports data version 5 as error"):
            await domo.datasets.upload("x", b"1\n2\n")


UNNAMED = {**COMMITTED, "indexing": {**COMMITTED["indexing"], "requestKey": None}}  # type: ignore[dict-item]


def state(code: str | None, latest: object) -> dict[str, object]:
    return {"dataSourceId": "x", "status": {"code": code}, "version": {"latestDataVersionId": latest}}


async def test_without_a_key_the_state_of_the_dataset_is_waited_for() -> None:
    clock = SkippingClock()
    states = [state("SUCCESS", 4), state("PROCESSING", 5), state("success", "5")]
    instance = Instance(commit=UNNAMED, states=states)
    async with talking_to(instance, clock=clock) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert ([1, 2], (), True) == (clock.slept, done.notes, done.verified)


@pytest.mark.parametrize(
    "states", [[404], [{}], [state(None, 5)], [state("SUCCESS", None)], [state("SUCCESS", 4)] * 30]
)
async def test_it_says_where_the_state_does_not_tell_either(
    states: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with talking_to(Instance(commit=UNNAMED, states=states), clock=SkippingClock()) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert ("the instance does not report whether queries see the rows yet",) == done.notes
    assert "it is unknown whether queries see the rows of dataset x yet" in caplog.text


@pytest.mark.parametrize(("code", "how"), [("ERROR", JobFailed), ("PROCESSING", WaitTimeout)])
async def test_a_state_that_is_bad_or_does_not_end_is_told_after_the_commit(code: str, how: type[Exception]) -> None:
    async with talking_to(Instance(commit=UNNAMED, states=[state(code, 5)] * 400), clock=SkippingClock()) as domo:
        with pytest.raises(AfterCommitError, match=f"update of dataset x .*{code}") as caught:
            await domo.datasets.upload("x", b"1\n2\n")

    assert isinstance(caught.value.__cause__, how)


@pytest.mark.parametrize("how", [{"wait": False}, {"index": False}])
async def test_an_index_that_is_not_waited_for_is_not_asked_for(how: dict[str, bool]) -> None:
    instance = Instance(commit=UNNAMED)
    async with talking_to(instance) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n", **how)  # type: ignore[arg-type]

    assert (0, ()) == (instance.asked.count("GET statuses"), done.notes)


@pytest.mark.parametrize("action", ["UPSERT", "DELETE"])
async def test_other_rows_than_were_sent_are_not_an_error_where_keys_may_repeat(action: Action) -> None:
    counted = {**COMMITTED, "size": {"rowCount": 1}}
    async with talking_to(Instance(commit=counted, states=["SUCCESS"] * 2)) as domo:
        done = await domo.datasets.upload("x", b"1\n1\n", action=action, keys=["n"])
        with pytest.raises(RowCountMismatch):
            await domo.datasets.upload("x", b"1\n1\n")

    assert (False, ("the instance counts 1 rows for the 2 that were sent, as keys may repeat",)) == (
        done.verified,
        done.notes,
    )


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ([state("PROCESSING", 4), state("SUCCESS", 4)], ""),
        ([404], "it is unknown whether queries see the rows of dataset x yet: 404"),
        (
            [state("ERROR", 4)],
            "it is unknown whether queries see the rows of dataset x yet: its state does not show it",
        ),
    ],
)
async def test_an_index_without_a_key_is_waited_for_by_the_state(
    states: list[object], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    clock = SkippingClock()
    async with talking_to(Instance(states=states), clock=clock) as domo:
        await domo.datasets.indexes.create("x", wait=True)

    assert [1, 1][: len(states)] == clock.slept
    assert says in caplog.text
    assert bool(says) == bool(caplog.text)


@pytest.mark.parametrize("word", ["aborted", " Error", "WHO_KNOWS", 5, ["error"], {"code": "ERROR"}])
async def test_a_commit_whose_word_does_not_say_that_it_was_taken_is_looked_up(word: object) -> None:
    odd = {**COMMITTED, "status": word, "indexing": None}
    async with talking_to(Instance(commit=odd, versions=[[OLD]])) as domo:
        with pytest.raises(CommitUncertain, match="show no trace of it"):
            await domo.datasets.upload("x", b"1\n2\n")
    async with talking_to(Instance(commit=odd, states=[404])) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert (5, True) == (done.data_version, done.verified)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "the vault is full"},
        {**COMMITTED, "errors": [{"row": 1}]},
        {**COMMITTED, "success": False},
        {**COMMITTED, "uploadId": 6},
        {"status": 500, "message": "broken"},
    ],
)
async def test_a_commit_whose_answer_contradicts_it_is_looked_up(answer: dict[str, object]) -> None:
    async with talking_to(Instance(commit=answer, versions=[[OLD]])) as domo:
        with pytest.raises(CommitUncertain, match="show no trace of it"):
            await domo.datasets.upload("x", b"1\n2\n")
    async with talking_to(Instance(commit=answer, states=[404])) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert (5, True) == (done.data_version, done.verified)


@pytest.mark.parametrize("word", ["", None, "SUCCESS", "Processing"])
async def test_a_commit_whose_word_says_that_it_was_taken_is_not_looked_up(word: object) -> None:
    instance = Instance(commit={**COMMITTED, "status": word}, versions=[[OLD]])
    async with talking_to(instance) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    # Once before the commit, and for its number beside the index and, as it was not there yet, once more.
    assert (None, True, 3) == (done.data_version, done.verified, instance.asked.count("GET dataversions"))


@pytest.mark.parametrize("commit", [400, 404, 502])
@pytest.mark.parametrize(
    ("word", "how"),
    [
        ("SUCCESS", None),
        (" success", None),
        ("ERROR", UploadError),
        ("Failed", UploadError),
        ("processing", CommitUncertain),
        ("WHO_KNOWS", CommitUncertain),
        ({"code": "ERROR"}, CommitUncertain),
    ],
)
async def test_the_version_of_a_lost_commit_tells_in_any_spelling(
    commit: int, word: object, how: type[Exception] | None
) -> None:
    versions = [[OLD], [OLD, {**MADE, "uploadStatus": word}]]
    async with talking_to(Instance(commit=commit, versions=versions, states=[state("SUCCESS", 5)])) as domo:
        if how is None:
            assert 5 == (await domo.datasets.upload("x", b"1\n2\n")).data_version
            return
        with pytest.raises(how) as caught:
            await domo.datasets.upload("x", b"1\n2\n")

    assert (how is UploadError) == ("nothing was committed" in str(caught.value))


@pytest.mark.parametrize("commit", [400, 404, 502])
async def test_a_version_that_is_processed_still_is_ours_whatever_rows_it_has_so_far(commit: int) -> None:
    growing = {**MADE, "uploadStatus": "processing", "numRows": 0}
    async with talking_to(Instance(commit=commit, versions=[[OLD], [OLD, growing]])) as domo:
        with pytest.raises(CommitUncertain, match="data version 5 is processing"):
            await domo.datasets.upload("x", b"1\n2\n")


@pytest.mark.parametrize(("commit", "how"), [(404, CommitUncertain), (400, UploadError)])
async def test_an_upload_that_is_not_there_any_more_may_be_committed(commit: int, how: type[Exception]) -> None:
    """As one is that somebody on the way sent twice; that its rows do not fit is a refusal whoever sent it."""
    async with talking_to(Instance(commit=commit, versions=[[OLD], 403])) as domo:
        with pytest.raises(how):
            await domo.datasets.upload("x", b"1\n2\n")


@pytest.mark.parametrize("action", ["UPSERT", "DELETE"])
@pytest.mark.parametrize("rows", [1, 3, None])
async def test_a_lost_commit_by_keys_is_found_whatever_rows_its_version_counts(
    action: Action, rows: int | None, tmp_path: object
) -> None:
    versions = [[OLD], [OLD, {**MADE, "numRows": rows}]]
    async with talking_to(Instance(commit=502, versions=versions, states=[state("SUCCESS", 5)])) as domo:
        done = await domo.datasets.upload("x", b"1\n1\n", action=action, keys=["n"], resume=f"{tmp_path}/journal")

    assert (5, False) == (done.data_version, done.verified)


async def test_a_version_that_turns_out_bad_after_the_commit_is_told() -> None:
    broken = {**MADE, "uploadStatus": "ERROR", "numRows": None}
    async with talking_to(Instance(versions=[[OLD], [OLD, broken]])) as domo:
        with pytest.raises(AfterCommitError, match="data version 5 as ERROR"):
            await domo.datasets.upload("x", b"1\n2\n")


async def test_an_upload_whose_version_failed_is_not_continued_but_opened_anew(tmp_path: object) -> None:
    broken = {**MADE, "uploadStatus": "error", "numRows": 0}
    instance = Instance(commit=502, versions=[[OLD], [OLD, broken]])
    async with talking_to(instance) as domo:
        with pytest.raises(UploadError, match="the commit failed: .* continues from here"):
            await domo.datasets.upload("x", b"1\n2\n", resume=f"{tmp_path}/journal")
        instance.commit = COMMITTED

        done = await domo.datasets.upload("x", b"1\n2\n", resume=f"{tmp_path}/journal")

    assert (2, True, False) == (done.rows, done.verified, done.replayed)
    assert 2 == instance.asked.count("POST uploads")


async def test_an_empty_key_of_an_index_is_none() -> None:
    keyless = {**COMMITTED, "indexing": {"requestKey": ""}}
    async with talking_to(Instance(commit=keyless, states=[state("SUCCESS", 5)])) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert () == done.notes


async def test_a_state_that_nobody_knows_does_not_say_that_an_upload_failed() -> None:
    async with talking_to(Instance(commit=UNNAMED, states=[state("MELLOW", 5)])) as domo:
        done = await domo.datasets.upload("x", b"1\n2\n")

    assert ("the instance does not report whether queries see the rows yet",) == done.notes


@pytest.mark.parametrize(
    "answer", [{"uploadStatus": "ERROR", "uploadMessage": "the vault is full"}, {"error": "the vault is full"}]
)
async def test_a_part_that_the_instance_says_it_did_not_take_is_not_committed(answer: object) -> None:
    instance = Instance()
    instance.part = answer
    async with talking_to(instance) as domo:
        with pytest.raises(UploadError, match=r"part 1 could not be sent: .*the vault is full.*nothing was committed"):
            await domo.datasets.upload("x", b"1\n2\n")

    assert "PUT commit" not in instance.asked
