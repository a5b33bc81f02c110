"""Announcements as they are kept, and what people want to hear no more of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, literal_column, select, text, update

from domain.announcements import Announcement, AnnouncementState, Audience, Draft
from domain.announcements.kept import texts_from_json, texts_to_json
from domain.programme.parts import Verdict
from domain.staff import Role
from domain.store.context import Context
from domain.store.errors import NotFound, StaleRevision
from domain.store.instants import from_stored, to_stored
from domain.store.schema import AT_WORK, announcement_files, announcement_stops, announcements
from domain.store.statements import Row, Statement
from domain.store.upserts import insert as insert_or_leave

_COLUMNS = (
    announcements.c.id,
    announcements.c.state,
    announcements.c.revision,
    announcements.c.programme,
    announcements.c.round_id,
    announcements.c.round_district,
    announcements.c.district,
    announcements.c.role,
    announcements.c.verdict,
    announcements.c.corrects,
    announcements.c.texts,
    announcements.c.created_at,
    announcements.c.created_by,
    announcements.c.sent_at,
    announcements.c.sent_by,
    announcements.c.ended_at,
    announcements.c.gathered,
    announcement_files.c.announcement_id,
    announcement_files.c.file_id,
)
_EACH = select(*_COLUMNS).outerjoin_from(
    announcements, announcement_files, announcement_files.c.announcement_id == announcements.c.id
)
_ONE = _EACH.where(announcements.c.id == bindparam("id"))
_GET = Statement(_ONE)
_LOCK = Statement(_ONE.with_for_update(of=announcements))
_HOLD = Statement(_ONE.with_for_update(of=announcements, read=True))
_ALL = Statement(_EACH.order_by(announcements.c.id.desc()))
_WITH_FILE = Statement(_EACH.where(announcement_files.c.file_id == bindparam("file")))
_GIVE_FILE = Statement(
    insert(announcement_files).values(
        announcement_id=bindparam("announcement_id"), file_id=bindparam("file_id")
    )
)
_TAKE_FILE = Statement(
    delete(announcement_files).where(announcement_files.c.announcement_id == bindparam("of_id"))
)
_AT_WORK = Statement(select(announcements.c.id).where(text(AT_WORK)).order_by(announcements.c.id))
_ADD = Statement(
    insert(announcements)
    .values(
        state=AnnouncementState.DRAFTED.value,
        revision=literal_column("1"),
        programme=bindparam("programme"),
        round_id=bindparam("round"),
        round_district=bindparam("round_district"),
        district=bindparam("district"),
        role=bindparam("role"),
        verdict=bindparam("verdict"),
        corrects=bindparam("corrects"),
        texts=bindparam("texts"),
        created_at=bindparam("created_at"),
        created_by=bindparam("created_by"),
        gathered_to=literal_column("0"),
        gathered=literal_column("0"),
    )
    .returning(announcements.c.id)
)
_SAVE = Statement(
    update(announcements)
    .where(announcements.c.id == bindparam("of_id"), announcements.c.revision == bindparam("expected"))
    .values(
        state=bindparam("new_state"),
        revision=bindparam("new_revision"),
        sent_at=bindparam("new_sent_at"),
        sent_by=bindparam("new_sent_by"),
        ended_at=bindparam("new_ended_at"),
    )
)
_WRITE_ANEW = Statement(
    update(announcements)
    .where(announcements.c.id == bindparam("of_id"), announcements.c.revision == bindparam("expected"))
    .values(
        revision=bindparam("new_revision"),
        programme=bindparam("new_programme"),
        round_id=bindparam("new_round"),
        round_district=bindparam("new_round_district"),
        district=bindparam("new_district"),
        role=bindparam("new_role"),
        verdict=bindparam("new_verdict"),
        corrects=bindparam("new_corrects"),
        texts=bindparam("new_texts"),
    )
)
_GATHERED_TO = Statement(select(announcements.c.gathered_to).where(announcements.c.id == bindparam("id")))
_GATHER = Statement(
    update(announcements)
    .where(announcements.c.id == bindparam("of_id"))
    .values(gathered_to=bindparam("new_to"), gathered=bindparam("new_gathered"))
)
_FINISH = Statement(
    update(announcements)
    .where(announcements.c.id == bindparam("of_id"), text(AT_WORK))
    .values(
        state=AnnouncementState.SENT.value,
        ended_at=bindparam("now"),
        revision=announcements.c.revision + literal_column("1"),
    )
)
_STOP = Statement(
    insert_or_leave(announcement_stops)
    .values(chat_id=bindparam("chat_id"), programme=bindparam("programme"))
    .on_conflict_do_nothing(index_elements=["chat_id", "programme"])
)
_HEAR_AGAIN = Statement(
    delete(announcement_stops).where(
        announcement_stops.c.chat_id == bindparam("chat"),
        announcement_stops.c.programme == bindparam("of_programme"),
    )
)
_STOPPED = Statement(
    select(announcement_stops.c.programme)
    .where(announcement_stops.c.chat_id == bindparam("chat"))
    .order_by(announcement_stops.c.programme)
)


class Announcements:
    """`tx.announcements`. What may be done with one is decided by `domain.announcements`; here it is carried out."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, draft: Draft, by: int | None, now: datetime) -> Announcement:
        """Keep a draft."""
        row = self._context.sql.one(
            _ADD,
            **_meant(draft.audience),
            texts=texts_to_json(draft.texts),
            created_at=to_stored(now),
            created_by=by,
        )
        self._give_file(row[0], draft.file)
        return Announcement(
            id=row[0],
            state=AnnouncementState.DRAFTED,
            revision=1,
            texts=draft.texts,
            audience=draft.audience,
            created_at=now,
            created_by=by,
            file=draft.file,
        )

    def get(self, announcement_id: int) -> Announcement | None:
        """The announcement with this id."""
        return self._found(self._context.sql.row(_GET, id=announcement_id))

    def lock(self, announcement_id: int) -> Announcement | None:
        """As `get`; nobody else changes it until the transaction ends."""
        return self._found(self._context.sql.row(_LOCK, id=announcement_id))

    def hold(self, announcement_id: int) -> Announcement | None:
        """As `get`; it stays as it is until the transaction ends, and others may hold it too."""
        return self._found(self._context.sql.row(_HOLD, id=announcement_id))

    def all(self) -> tuple[Announcement, ...]:
        """Every announcement, the newest first."""
        return tuple(map(_announcement, self._context.sql.rows(_ALL)))

    def with_file(self, file_id: int) -> Announcement | None:
        """The announcement a file goes with."""
        return self._found(self._context.sql.row(_WITH_FILE, file=file_id))

    def at_work(self) -> tuple[int, ...]:
        """The announcements that are being sent."""
        return tuple(row[0] for row in self._context.sql.rows(_AT_WORK))

    def save(self, after: Announcement) -> Announcement:
        """Keep what an act made of an announcement. Raises StaleRevision when somebody else acted in between."""
        saved = self._context.sql.change(
            _SAVE,
            of_id=after.id,
            expected=after.revision - 1,
            new_state=after.state.value,
            new_revision=after.revision,
            new_sent_at=_stored(after.sent_at),
            new_sent_by=after.sent_by,
            new_ended_at=_stored(after.ended_at),
        )
        if not saved:
            raise StaleRevision(f"announcement {after.id}")
        return after

    def write_anew(self, after: Announcement) -> Announcement:
        """Keep a draft as it is written now. Raises StaleRevision when somebody else wrote or acted in between."""
        meant = {f"new_{name}": value for name, value in _meant(after.audience).items()}
        saved = self._context.sql.change(
            _WRITE_ANEW,
            of_id=after.id,
            expected=after.revision - 1,
            new_revision=after.revision,
            **meant,
            new_texts=texts_to_json(after.texts),
        )
        if not saved:
            raise StaleRevision(f"announcement {after.id}")
        self._context.sql.change(_TAKE_FILE, of_id=after.id)
        self._give_file(after.id, after.file)
        return after

    def gathered_to(self, announcement_id: int) -> int:
        """Up to which chat those it is for are listed."""
        row = self._context.sql.row(_GATHERED_TO, id=announcement_id)
        if row is None:
            raise NotFound(f"announcement {announcement_id}")
        return int(row[0])

    def gathered(self, announcement: Announcement, up_to: int, *, all_of_them: bool) -> Announcement:
        """Note up to which chat those it is for are listed."""
        self._context.sql.change(_GATHER, of_id=announcement.id, new_to=up_to, new_gathered=int(all_of_them))
        return replace(announcement, gathered=all_of_them)

    def finish(self, announcement_id: int, now: datetime) -> bool:
        """Everybody was seen to; False when it is not being sent any more."""
        return self._context.sql.change(_FINISH, of_id=announcement_id, now=to_stored(now)) > 0

    def stop(self, chat_id: int, programme: str) -> None:
        """Somebody wants no more announcements of a programme (empty: of those about no single one)."""
        self._context.sql.change(_STOP, chat_id=chat_id, programme=programme)

    def hear_again(self, chat_id: int, programme: str) -> None:
        """Somebody wants to hear announcements of a programme again."""
        self._context.sql.change(_HEAR_AGAIN, chat=chat_id, of_programme=programme)

    def stopped(self, chat_id: int) -> frozenset[str]:
        """The programmes whose announcements somebody stopped."""
        return frozenset(row[0] for row in self._context.sql.rows(_STOPPED, chat=chat_id))

    def _give_file(self, announcement_id: int, file_id: int | None) -> None:
        if file_id is not None:
            self._context.sql.change(_GIVE_FILE, announcement_id=announcement_id, file_id=file_id)

    def _found(self, row: Row | None) -> Announcement | None:
        return None if row is None else _announcement(row)


def _announcement(row: Row) -> Announcement:
    number, state, revision, programme, round_id, round_district, district, role, verdict, corrects = row[:10]
    texts, created_at, created_by, sent_at, sent_by, ended_at, gathered, had_file, file = row[10:]
    return Announcement(
        id=number,
        state=AnnouncementState(state),
        revision=revision,
        texts=texts_from_json(texts),
        audience=Audience(
            programme=programme,
            round=round_id,
            round_district=round_district,
            district=district,
            role=Role(role) if role else None,
            verdict=Verdict(verdict) if verdict else None,
            corrects=corrects,
        ),
        created_at=from_stored(created_at),
        created_by=created_by,
        sent_at=_instant(sent_at),
        sent_by=sent_by,
        ended_at=_instant(ended_at),
        gathered=bool(gathered),
        file=file,
        file_gone=file is None and had_file is not None,
    )


def _meant(audience: Audience) -> dict[str, int | str | None]:
    return {
        "programme": audience.programme,
        "round": audience.round,
        "round_district": audience.round_district,
        "district": audience.district,
        "role": "" if audience.role is None else audience.role.value,
        "verdict": "" if audience.verdict is None else audience.verdict.value,
        "corrects": audience.corrects,
    }


def _stored(at: datetime | None) -> int | None:
    return None if at is None else to_stored(at)


def _instant(stored: int | None) -> datetime | None:
    return None if stored is None else from_stored(stored)
