"""Who is given a file: whoever handed it in, those to whom the announcement went with which it goes, and staff who see it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.announcements import Announcement, AnnouncementState
from domain.staff import Act
from domain.store import Chat, StoredFile, Transaction


@dataclass(frozen=True, slots=True)
class Given:
    """A file somebody may have. With an announcement it is the same file for many people."""

    file: StoredFile
    announcement: Announcement | None = None


def given_out(tx: Transaction, chat: Chat, stored_name: str) -> Given | None:
    """The file we call so, for this chat; None where it is not there or not for them, which they cannot tell apart."""
    file = tx.files.named(stored_name)
    if file is None:
        return None
    announcement = tx.announcements.with_file(file.id)
    if file.chat_id == chat.id or (announcement is not None and _may_read(tx, chat, announcement)):
        return Given(file, announcement)
    return None


def _may_read(tx: Transaction, chat: Chat, announcement: Announcement) -> bool:
    withdrawn = announcement.state is AnnouncementState.WITHDRAWN
    if not withdrawn and tx.recipients.reached(announcement.id, chat.id):
        return True
    return tx.staff.actor(chat.person_id).may(Act.SEE_ANNOUNCEMENTS, announcement.scope)
