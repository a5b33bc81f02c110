"""Carrying out what staff ask for about announcements, in one transaction: permission, guard, change, trail.

Chats and the command line go through here, so that neither can do what the other may not.
"""

from __future__ import annotations

from datetime import datetime

from dialogs.staff_acts import OPERATOR_ID
from dialogs.staff_commands import ActOnAnnouncement, EditAnnouncement, WriteAnnouncement
from domain.announcements import (
    Announcement,
    AnnouncementAct,
    AnnouncementProblem,
    AnnouncementRefused,
    AnnouncementState,
    Draft,
    correct,
    do,
    draft,
    edit,
)
from domain.staff import Act, Actor, NotAllowed
from domain.store import NotFound, StaleRevision, Transaction


def planned_draft(tx: Transaction, command: WriteAnnouncement | EditAnnouncement) -> Draft:
    """The announcement somebody wants to write. Raises AnnouncementRefused, NotFound."""
    audience = command.audience
    if audience.corrects is not None:
        of = tx.announcements.get(audience.corrects)
        if of is None:
            raise NotFound(f"announcement {audience.corrects}")
        return correct(command.texts, of, command.file)
    round_ = None if audience.round is None else tx.rounds.get(audience.round)
    return draft(command.texts, audience, round_, command.file)


def write_announcement(
    tx: Transaction, actor: Actor, command: WriteAnnouncement, now: datetime, chat: int | None = None
) -> Announcement:
    """Keep a draft, and send it where that is asked for. Raises NotAllowed, AnnouncementRefused, NotFound.

    `chat` is the one in which this is said: a file that goes with it was handed in there.
    """
    if not actor.may_somewhere(Act.WRITE_ANNOUNCEMENT):
        # Nobody without such a role learns which announcements there are.
        raise NotAllowed(Act.WRITE_ANNOUNCEMENT, command.audience.scope)
    sound = planned_draft(tx, command)
    by = actor.permit(Act.WRITE_ANNOUNCEMENT, sound.audience.scope)
    if command.send and tx.audiences.told_empty(sound.audience):
        # Before anything is kept: what is refused leaves nothing behind.
        raise AnnouncementRefused(AnnouncementProblem.NOBODY)
    _require_own(tx, sound.file, chat)
    kept = tx.announcements.add(sound, by, now)
    _keep(tx, kept)
    ids: dict[str, int | str] = {"announcement": kept.id, "by": _id(by)}
    if sound.audience.corrects is not None:
        ids["corrects"] = sound.audience.corrects
    tx.audit.append("announcement_draft", ids, now)
    if command.send:
        return _send(tx, actor, kept, now)
    return kept


def edit_announcement(
    tx: Transaction, actor: Actor, command: EditAnnouncement, now: datetime, chat: int | None = None
) -> Announcement:
    """Write a draft anew, and send it where that is asked for. `chat` and errors as for a new one, and StaleRevision."""
    known = tx.announcements.lock(command.announcement)
    if known is None:
        raise NotFound(f"announcement {command.announcement}")
    actor.permit(Act.WRITE_ANNOUNCEMENT, known.scope)
    if known.revision != command.revision:
        raise StaleRevision(f"announcement {known.id}")
    sound = planned_draft(tx, command)
    by = actor.permit(Act.WRITE_ANNOUNCEMENT, sound.audience.scope)
    after = edit(known, sound)
    if command.send and tx.audiences.told_empty(sound.audience):
        raise AnnouncementRefused(AnnouncementProblem.NOBODY)
    if sound.file != known.file:
        _require_own(tx, sound.file, chat)
        _let_go(tx, known)
    tx.announcements.write_anew(after)
    _keep(tx, after)
    ids: dict[str, int | str] = {"announcement": after.id, "revision": after.revision, "by": _id(by)}
    tx.audit.append("announcement_edit", ids, now)
    return _send(tx, actor, after, now) if command.send else after


def act_on_announcement(
    tx: Transaction, actor: Actor, command: ActOnAnnouncement, now: datetime
) -> Announcement:
    """Send, pause, resume or withdraw. Raises NotAllowed, AnnouncementRefused, StaleRevision, NotFound.

    What is paused or withdrawn is taken back where nobody began to send it, in this very transaction.
    """
    known = tx.announcements.lock(command.announcement)
    if known is None:
        raise NotFound(f"announcement {command.announcement}")
    by = actor.permit(command.act.staff_act, known.scope)
    if known.revision != command.revision:
        raise StaleRevision(f"announcement {known.id}")
    anybody = command.act is not AnnouncementAct.SEND or not tx.audiences.told_empty(known.audience)
    after = tx.announcements.save(do(known, command.act, by, now, anybody=anybody))
    if after.state in {AnnouncementState.PAUSED, AnnouncementState.WITHDRAWN}:
        tx.recipients.pull_back(after.id, for_good=after.state is AnnouncementState.WITHDRAWN)
    if after.state is AnnouncementState.WITHDRAWN and after.sent_at is None:
        _let_go(tx, after)
    ids: dict[str, int | str] = {"announcement": after.id, "revision": after.revision, "by": _id(by)}
    tx.audit.append(f"announcement_{command.act.value}", ids, now)
    return after


def _send(tx: Transaction, actor: Actor, kept: Announcement, now: datetime) -> Announcement:
    return act_on_announcement(
        tx, actor, ActOnAnnouncement(kept.id, kept.revision, AnnouncementAct.SEND), now
    )


def _require_own(tx: Transaction, file_id: int | None, chat: int | None) -> None:
    """Nobody sends around what others handed in, or what was handed in for something else. Raises NotFound."""
    if file_id is None:
        return
    file = tx.files.get(file_id)
    if file is None or file.chat_id != chat or file.kept_for is not None:
        raise NotFound(f"file {file_id}")


def _keep(tx: Transaction, announcement: Announcement) -> None:
    if announcement.file is not None:
        tx.files.keep(announcement.file, f"announcement:{announcement.id}")


def _let_go(tx: Transaction, announcement: Announcement) -> None:
    if announcement.file is not None:
        tx.files.keep(announcement.file, None)


def _id(by: int | None) -> int | str:
    return OPERATOR_ID if by is None else by
