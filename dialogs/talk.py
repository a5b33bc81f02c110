"""A chat during one turn: the conversation it is in, what is known, and where that leaves it.

A talk is made for one turn inside one transaction. It changes as the turn goes on and writes what changed at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dialogs.engine.answers import Answers, Json
from dialogs.engine.dialog import Dialog
from dialogs.engine.fold import Position, fold, fold_on
from dialogs.engine.screen import Block
from dialogs.library import Library
from dialogs.office import Office, StoredOffice
from dialogs.reminding import StoredReminding
from dialogs.world import Parked, World
from domain.clock import day_in_shanghai
from domain.made_often import made_often
from domain.organisations import Organisation, Person
from domain.store import Transaction
from domain.store.errors import NotFound
from domain.store.records import FactStatement, StoredConversation, Visit

_SIGN_OF_LIFE: Final = timedelta(days=1)
"""How exactly it is known when somebody was here last, also when they changed nothing."""

_ANSWERS: Final = "answers"
"""Where a conversation keeps its answers as they are looked up."""


@made_often(frozen=True, slots=True)
class _Known:
    """What is known of the person in the chat."""

    person: Person
    organisation: Organisation | None
    facts: Mapping[str, FactStatement]
    return_code: str


class _Standing(NamedTuple):
    """Where some answers lead in a dialog."""

    dialog: Dialog
    answers: Answers
    position: Position


class Talk:
    """One chat, one turn."""

    def __init__(self, library: Library, tx: Transaction, visit: Visit, now: datetime) -> None:
        self.library = library
        self.tx = tx
        self.chat = visit.chat
        self.now = now
        self.words = library.words(visit.chat.language)
        """The words of the chat's language."""
        self.notices: list[Block] = []
        self.answered: str | None = None
        """The state answered in this turn."""
        self.is_new = False
        """Whether the chat had no conversation before this turn."""
        active = visit.conversation
        if active is None or active.dialog not in library.dialogs:
            self.is_new = True
            active = tx.conversations.start(visit.chat.id, library.home, 1, {"greet": True}, now)
        elif now - active.updated_at > _SIGN_OF_LIFE:
            tx.conversations.touch(visit.chat.id, now)
        self._person: Person | None = visit.person
        self._known: _Known | None = None
        self._stored = active
        self.answers = _given_in(active)
        """The answers of the conversation."""
        self._expected = active.revision
        self._dirty = self._subject_changed = False
        self._open = self._stale = True
        self.in_use = library.in_use(day_in_shanghai(now))
        """The programmes of this day."""
        self._seen: World | None = None
        self._stands: _Standing | None = None
        """Worked out when somebody first asks: who turns to something else need not know where they were."""
        self._folded: _Standing | None = None
        """What was worked out before: dialogs that are the same for everybody are built once."""

    # What is known ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look again at what may have changed, and find where the conversation stands."""
        if not self._stale:
            return
        self._stale = False
        self._seen = self._world()
        dialog = self.library.dialogs[self._stored.dialog](self._seen)
        folded, known = self._folded, self.answers.stood(dialog)
        if isinstance(known, Position):
            position = known
        elif folded is not None and folded.dialog is dialog:
            position = fold_on(dialog, folded.answers, folded.position, self.answers)
            # Built for two worlds, it is the same for everybody: noting it keeps nobody's world in memory.
            self.answers.note(dialog, position)
        else:
            position = fold(dialog, self.answers)
        self._stands = self._folded = _Standing(dialog, self.answers, position)

    @property
    def world(self) -> World:
        """What a dialog knows, as it was when it was last looked at."""
        if self._seen is None:
            self._seen = self._world()
        return self._seen

    @property
    def dialog(self) -> Dialog:
        """The dialog of the conversation."""
        return (self._stands or self._standing()).dialog

    @property
    def position(self) -> Position:
        """Where the conversation stood when that was last looked at."""
        return (self._stands or self._standing()).position

    def _standing(self) -> _Standing:
        if self._stands is None:
            self.refresh()
        if self._stands is None:
            raise AssertionError("a conversation that was entered has not been looked at")
        return self._stands

    @property
    def conversation(self) -> StoredConversation:
        """The conversation as it stands in this turn."""
        return self._stored

    def _world(self) -> World:
        in_use = self.in_use
        if self._known is None:
            self._known = self._look()
        known = self._known
        return World(
            words=self.words,
            programmes=in_use.programmes,
            hashes=in_use.hashes,
            vocabulary=self.library.vocabulary,
            examiner=self.library.examiner,
            now=self.now,
            person=known.person,
            return_code=known.return_code,
            kept_for_days=self.library.kept_for_days,
            uploads=self.library.uploads,
            organisation=known.organisation,
            office=self.office(),
            reminding=StoredReminding(self.tx, self.library.tools, self.chat, self.now),
            has_pages=self.chat.channel == "web",
            known=known.facts,
            parked=self._parked() if self._stored.dialog == self.library.home else (),
            subject=self._stored.subject,
            answers=self.answers,
        )

    def office(self) -> Office:
        """Rounds, staff and invitations as they are at this point of the turn."""
        return StoredOffice(self.tx, self.library.tools, self.chat.person_id)

    def _look(self) -> _Known:
        person = self._person or self.tx.people.get(self.chat.person_id)
        organisation = None
        if person.consent == "given" and person.organisation_id is not None:
            organisation = self.tx.organisations.get(person.organisation_id)
        facts = self.tx.facts.current(organisation.id) if organisation is not None else {}
        return _Known(person, organisation, facts, self._return_code(person))

    def _return_code(self, person: Person) -> str:
        """Only a web session ends by itself; elsewhere people find their chat where they left it."""
        if self.chat.channel != "web" or person.consent != "given":
            return ""
        return str(self.tx.return_codes.of_chat(self.chat.id, self.chat.channel) or "")

    def _parked(self) -> tuple[Parked, ...]:
        return tuple(
            Parked(one.id, one.dialog, one.subject, one.updated_at)
            for one in self.tx.conversations.parked(self.chat.id)
            if one.dialog in self.library.dialogs
        )

    # What changes -------------------------------------------------------------------------------

    def take(self, answers: Answers) -> None:
        """Give the conversation these answers."""
        self.answers = answers
        self._dirty = self._stale = True

    def set_subject(self, name: str, value: Json) -> None:
        """Note something about the conversation in its subject."""
        self._stored = replace(self._stored, subject={**self._stored.subject, name: value})
        self._dirty = self._stale = self._subject_changed = True

    def set_language(self, language: str) -> None:
        """Speak another language from now on."""
        self.tx.chats.set_language(self.chat.id, language)
        self.chat = replace(self.chat, language=language)
        self.words = self.library.words(language)
        self._stale = True

    def learnt(self) -> None:
        """Something that is known of the person or the organisation has changed."""
        self._person = self._known = None
        self._stale = True

    def save(self) -> None:
        """Write the conversation if the turn changed it; its revision grows, so older buttons are stale."""
        if self._dirty and self._open:
            stored = self._stored
            renewed = StoredConversation(
                stored.id,
                stored.chat_id,
                stored.dialog,
                self.dialog.version,
                stored.subject,
                self.answers.entries,
                self._expected + 1,
                stored.status,
                stored.started_at,
                self.now,
            )
            keep = self.tx.conversations
            write = keep.save if self._subject_changed else keep.save_answers
            self._stored = write(renewed, self._expected)
            self._stored.aside[_ANSWERS] = self.answers
            self._expected = self._stored.revision
            self._dirty = self._subject_changed = False

    def end(self) -> None:
        """End the conversation; another one has to follow in the same turn."""
        self.save()
        self.tx.conversations.end(self._stored.id)
        self._open = False

    def leave(self) -> None:
        """Turn away from the conversation: it is parked when it can be taken up again, else ended."""
        if not self._open:
            return
        if not self.can_be_parked:
            self.end()
            return
        self.save()
        self.tx.conversations.park(self._stored.id)
        self._open = False

    @property
    def can_be_parked(self) -> bool:
        """Whether there is something in the conversation to come back to."""
        return bool(self.answers.given()) and self.dialog.parks

    def start(self, dialog: str, subject: Mapping[str, Json]) -> None:
        """Be in a new conversation, and leave the one before."""
        self.leave()
        self._be_in(self.tx.conversations.start(self.chat.id, dialog, 1, dict(subject), self.now))

    def resume(self, conversation_id: int) -> bool:
        """Be in a parked conversation of this chat again; False when there is no such conversation."""
        stored = self.tx.conversations.get(conversation_id)
        if stored is None or stored.chat_id != self.chat.id or stored.status != "parked":
            return False
        if stored.dialog not in self.library.dialogs:
            return False
        self.leave()
        self._be_in(self.tx.conversations.resume(conversation_id))
        return True

    def erased(self) -> None:
        """Be again in a chat nobody knows anything about."""
        try:
            self.chat = self.tx.chats.get(self.chat.id)
        except NotFound:
            return
        self.learnt()
        self._be_in(self.tx.conversations.start(self.chat.id, self.library.home, 1, {}, self.now))

    def _be_in(self, conversation: StoredConversation) -> None:
        self._stored = conversation
        self.answers = _given_in(conversation)
        self._expected = conversation.revision
        self._dirty = self._subject_changed = False
        self._open = self._stale = True
        self._seen = self._stands = None
        self.answered = None


def _given_in(conversation: StoredConversation) -> Answers:
    known = conversation.aside.get(_ANSWERS)
    if not isinstance(known, Answers):
        known = conversation.aside[_ANSWERS] = Answers(conversation.answers)
    return known
