"""Carrying out what staff ask for about announcements, in one transaction: permission, guard, change, trail.

Chats and the command line go through here, so that neither can do what the other may not.
"""

from __future__ import annotations

from datetime import datetime

from dialogs.staff_acts import OPERATOR_ID
from dialogs.staff_commands import ActOnAnnouncement, WriteAnnouncement
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
)
from domain.staff import Act, Actor, NotAllowed
from domain.store import NotFound, StaleRevision, Transaction


def planned_draft(tx: Transaction, command: WriteAnnouncement) -> Draft:
    """The announcement somebody wants to write. Raises AnnouncementRefused, NotFound."""
    audience = command.audience
    if audience.corrects is not None:
        of = tx.announcements.get(audience.corrects)
        if of is None:
            raise NotFound(f"announcement {audience.corrects}")
        return correct(command.texts, of)
    return draft(command.texts, audience, None if audience.round is None else tx.rounds.get(audience.round))


def write_announcement(
    tx: Transaction, actor: Actor, command: WriteAnnouncement, now: datetime
) -> Announcement:
    """Keep a draft, and send it where that is asked for. Raises NotAllowed, AnnouncementRefused, NotFound."""
    if not actor.may_somewhere(Act.WRITE_ANNOUNCEMENT):
        # Nobody without such a role learns which announcements there are.
        raise NotAllowed(Act.WRITE_ANNOUNCEMENT, command.audience.scope)
    sound = planned_draft(tx, command)
    by = actor.permit(Act.WRITE_ANNOUNCEMENT, sound.audience.scope)
    if command.send and tx.recipients.told_empty(sound.audience):
        # Before anything is kept: what is refused leaves nothing behind.
        raise AnnouncementRefused(AnnouncementProblem.NOBODY)
    kept = tx.announcements.add(sound, by, now)
    ids: dict[str, int | str] = {"announcement": kept.id, "by": _id(by)}
    if sound.audience.corrects is not None:
        ids["corrects"] = sound.audience.corrects
    tx.audit.append("announcement_draft", ids, now)
    if command.send:
        return act_on_announcement(
            tx, actor, ActOnAnnouncement(kept.id, kept.revision, AnnouncementAct.SEND), now
        )
    return kept


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
    anybody = command.act is not AnnouncementAct.SEND or not tx.recipients.told_empty(known.audience)
    after = tx.announcements.save(do(known, command.act, by, now, anybody=anybody))
    if after.state in {AnnouncementState.PAUSED, AnnouncementState.WITHDRAWN}:
        tx.recipients.pull_back(after.id, for_good=after.state is AnnouncementState.WITHDRAWN)
    ids: dict[str, int | str] = {"announcement": after.id, "revision": after.revision, "by": _id(by)}
    tx.audit.append(f"announcement_{command.act.value}", ids, now)
    return after


def _id(by: int | None) -> int | str:
    return OPERATOR_ID if by is None else by
