"""Files of announcements as they are kept: as long as the announcement needs them and their author is there."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, update

from domain.announcements import AnnouncementAct, Draft, edit
from domain.store import Chat, Database, StaleRevision, StoredFile, Transaction
from domain.store.schema import announcement_recipients
from domain.store.statements import Statement
from domain.uploads import Received
from scheduler.announcing import KNOWN
from scheduler.housekeeping import Retention, housekeeping
from tests.store.conftest import NOW
from tests.support import documents
from tests.support.announcing import AUDIENCE, NOON, TEXTS, UNCONSENTED, Office

FILE = Received("申报书.pdf", "pdf", documents.pdf())
_BECOMES = Statement(
    update(announcement_recipients)
    .where(announcement_recipients.c.id == bindparam("of_id"))
    .values(state=bindparam("new_state"))
)
AFTER = KNOWN + timedelta(days=1)
RETENTION = Retention(
    session_idle=timedelta(hours=12), unconsented=UNCONSENTED, consented=timedelta(days=1095)
)


def handed_in(tx: Transaction, chat: Chat) -> StoredFile:
    return tx.files.add(chat.id, None, FILE, NOW)


async def announced(database: Database, chat: Chat) -> tuple[int, StoredFile]:
    """A draft with a file, as the acts of staff keep it; gives its number."""

    def work(tx: Transaction) -> tuple[int, StoredFile]:
        file = handed_in(tx, chat)
        kept = tx.announcements.add(Draft(TEXTS, AUDIENCE, file.id), None, NOW)
        tx.files.keep(file.id, f"announcement:{kept.id}")
        return kept.id, file

    return await database.run(work)


async def is_there(database: Database, file: StoredFile) -> bool:
    return await database.read(lambda tx: tx.files.get(file.id)) is not None


async def cleans_up(database: Database, after: timedelta) -> None:
    """All that is done once a day, so much later."""
    office = Office(database)
    for chore in (office.forget, *housekeeping(RETENTION)):
        await database.run(lambda tx, chore=chore: chore.work(tx, now=NOON + after))  # type: ignore[misc]


async def test_the_announcement_knows_its_file_and_the_file_its_announcement(
    database: Database, chat: Chat
) -> None:
    number, file = await announced(database, chat)
    kept = await database.read(lambda tx: tx.announcements.get(number))
    assert kept is not None
    assert (kept.file, kept.file_gone) == (file.id, False)
    for look in (
        lambda tx: tx.announcements.with_file(file.id),
        lambda tx: tx.announcements.lock(number),
        lambda tx: tx.announcements.hold(number),
        lambda tx: tx.announcements.all()[0],
    ):
        assert await database.run(look) == kept
    assert await database.read(lambda tx: tx.announcements.with_file(file.id + 1)) is None


async def test_without_consent_the_file_outlives_whatever_is_purged_around_it(
    database: Database, chat: Chat
) -> None:
    _, file = await announced(database, chat)
    loose = await database.run(lambda tx: handed_in(tx, chat))
    await cleans_up(database, timedelta(days=30))
    assert (await is_there(database, file), await is_there(database, loose)) == (True, False)
    assert await database.read(lambda tx: tx.files.content(file.id)) == FILE.content
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).id == chat.id


async def test_with_its_author_it_goes_and_the_announcement_remembers_that_there_was_one(
    database: Database, chat: Chat
) -> None:
    number, file = await announced(database, chat)
    await database.run(lambda tx: tx.files.refer(file.id, "telegram:1", "AgAD"))
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    assert not await is_there(database, file)
    assert await database.read(lambda tx: tx.files.reference(file.id, "telegram:1")) is None
    kept = await database.read(lambda tx: tx.announcements.get(number))
    assert kept is not None
    assert (kept.file, kept.file_gone, kept.texts) == (None, True, TEXTS)


async def test_once_nobody_is_known_to_whom_it_went_the_file_goes_too(database: Database, chat: Chat) -> None:
    office = Office(database)
    (file, reader) = (await database.run(lambda tx: handed_in(tx, chat)), (await office.crowd(1))[0])

    def give(tx: Transaction) -> None:
        kept = tx.announcements.lock(sent.id)
        assert kept is not None
        tx.announcements.write_anew(edit(kept, Draft(TEXTS, AUDIENCE, file.id)))
        tx.files.keep(file.id, f"announcement:{kept.id}")

    sent = await office.writes(send=False)
    await database.run(give)
    await cleans_up(database, AFTER)
    assert await is_there(database, file), "a draft waits for as long as it is one"
    await office.does(sent.id, AnnouncementAct.SEND)
    await office.carries_all()
    assert await database.read(lambda tx: tx.recipients.reached(sent.id, reader.id))
    await cleans_up(database, KNOWN - timedelta(days=1))
    assert await is_there(database, file)
    await cleans_up(database, AFTER)
    await cleans_up(database, AFTER)
    assert not await is_there(database, file)
    assert (await office.state(sent.id)).file_gone


async def test_the_file_of_an_announcement_that_is_not_there_goes(database: Database, chat: Chat) -> None:
    file = await database.run(lambda tx: handed_in(tx, chat))
    other = await database.run(lambda tx: handed_in(tx, chat))

    def keep(tx: Transaction) -> None:
        tx.files.keep(file.id, "announcement:77")
        tx.files.keep(other.id, "application:77")

    await database.run(keep)
    await cleans_up(database, timedelta(days=2))
    await cleans_up(database, timedelta(days=2))
    assert (await is_there(database, file), await is_there(database, other)) == (False, True)


async def test_the_export_of_the_author_names_what_the_file_goes_with(database: Database, chat: Chat) -> None:
    number, file = await announced(database, chat)
    exported = await database.read(lambda tx: tx.privacy.export(chat.person_id))
    ((told,),) = (one["files"] for one in json.loads(json.dumps(exported))["chats"])
    assert (told["name"], told["kept_for"]) == (FILE.name, f"announcement:{number}")
    assert told["download"] == f"/files/{file.stored_name}"


async def test_of_two_who_write_a_draft_anew_at_once_one_is_told_that_it_changed(
    database: Database, chat: Chat
) -> None:
    number, file = await announced(database, chat)
    seen = await database.read(lambda tx: tx.announcements.get(number))
    assert seen is not None

    async def write(with_file: int | None) -> bool:
        try:
            await database.run(
                lambda tx: tx.announcements.write_anew(edit(seen, Draft(TEXTS, AUDIENCE, with_file)))
            )
        except StaleRevision:
            return False
        return True

    done = await asyncio.gather(write(file.id), write(None), write(file.id))
    assert sorted(done) == [False, False, True]
    kept = await database.read(lambda tx: tx.announcements.get(number))
    assert kept is not None
    assert (kept.revision, kept.file) == (2, None if done[1] else file.id)


async def test_what_a_file_is_called_elsewhere_is_known_by_place_and_for_a_file_that_is_there(
    database: Database, chat: Chat
) -> None:
    file = await database.run(lambda tx: handed_in(tx, chat))
    for name in ("first", "second"):
        await database.run(lambda tx, name=name: tx.files.refer(file.id, "telegram:1", name))  # type: ignore[misc]
    await database.run(lambda tx: tx.files.refer(file.id, "telegram:2", "other"))
    await database.run(lambda tx: tx.files.refer(file.id + 1, "telegram:1", "nothing"))
    found = [
        await database.read(lambda tx, file_id=file_id, place=place: tx.files.reference(file_id, place))  # type: ignore[misc]
        for file_id, place in (
            (file.id, "telegram:1"), (file.id, "telegram:2"), (file.id, "telegram:3"), (file.id + 1, "telegram:1"),
        )
    ]  # fmt: skip
    assert found == ["second", "other", None, None]


@pytest.mark.parametrize(
    ("state", "reached"),
    [
        ("waiting", False), ("queued", True), ("delivered", True), ("uncertain", True), ("failed", False),
        ("blocked", False), ("refused", False), ("withdrawn", False), ("gone", False),
    ],
)  # fmt: skip
async def test_only_whom_it_really_went_to_counts_as_reached(
    database: Database, state: str, reached: bool
) -> None:
    office = Office(database)
    (reader, other) = await office.crowd(2)
    sent = await office.writes()
    await office.do(lambda tx, _now: office.announcer.list_more(tx, sent.id))

    def become(tx: Transaction) -> list[bool]:
        tx.context.sql.change(_BECOMES, of_id=tx.recipients.due(sent.id, NOON, 1)[0], new_state=state)
        return [tx.recipients.reached(sent.id, chat.id) for chat in (reader, other)]

    assert await database.run(become) == [reached, False]


async def test_whom_it_failed_to_reach_and_an_operator_sent_it_again_has_it_all_the_same(
    database: Database,
) -> None:
    office = Office(database)
    (reader,) = await office.crowd(1)
    sent = await office.writes()
    await office.tick()
    (claimed,) = await office.claims(10)
    await office.do(lambda tx, _now: tx.deliveries.dead(claimed.outbox_id, claimed.fence, "refused"))
    await office.carries_all()
    assert await office.figures(sent.id) == {"failed": 1}
    assert not await database.read(lambda tx: tx.recipients.reached(sent.id, reader.id))
    assert await database.run(lambda tx: tx.deliveries.again(claimed.outbox_id))
    assert not await database.read(lambda tx: tx.recipients.reached(sent.id, reader.id))
    await office.sends(await office.claims(10))
    assert await database.read(lambda tx: tx.recipients.reached(sent.id, reader.id))
