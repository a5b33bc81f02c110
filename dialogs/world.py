"""What a dialog knows when it is built for one turn. Everything here is read; commands change things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from dialogs.engine.answers import Answers, Json
from dialogs.office import FixedOffice, Office
from dialogs.reminding import FixedReminding, Reminding
from domain.clock import day_in_shanghai
from domain.eligibility.evaluate import Examiner
from domain.facts.vocabulary import Vocabulary
from domain.made_often import made_often
from domain.organisations import Organisation, Person
from domain.privacy.retention import CONSENTED_DAYS
from domain.programme.model import Programme
from domain.rounds import LeftOut, Round, left_out, rounds_on
from domain.store.records import FactStatement
from domain.uploads import UploadLimits
from locales.words import Words


@dataclass(frozen=True, slots=True)
class Parked:
    """A conversation that can be resumed: its id, what it is about, and when it was last touched."""

    conversation: int
    dialog: str
    subject: Mapping[str, Json]
    touched: datetime


@made_often(frozen=True, slots=True, kw_only=True)
class World:
    """The person, their organisation and what is known of it, the programmes, the words and the time."""

    words: Words
    programmes: tuple[Programme, ...]
    """One version of each programme: the one to use today."""
    hashes: Mapping[str, str]
    """The content hash of each programme, by id; receipts name it."""
    vocabulary: Vocabulary
    examiner: Examiner
    now: datetime
    person: Person
    organisation: Organisation | None = None
    office: Office = field(default_factory=FixedOffice)
    """Rounds, and for staff who else there is."""
    reminding: Reminding = field(default_factory=FixedReminding)
    """Which dates are coming, and how the person wants to hear of them."""
    has_pages: bool = False
    """Whether the chat is where the product's pages can be opened."""
    known: Mapping[str, FactStatement] = field(default_factory=dict)
    """What is known of the organisation, by fact; empty where nothing may be stored."""
    parked: tuple[Parked, ...] = ()
    return_code: str = ""
    """With it the person comes back to this chat; empty where nothing is kept, or the channel needs none."""
    kept_for_days: int = CONSENTED_DAYS
    """How long what they agreed to have kept is kept without a sign of life."""
    uploads: UploadLimits = field(default_factory=UploadLimits)
    """How large files may be."""
    subject: Mapping[str, Json] = field(default_factory=dict)
    """What this conversation is about."""
    answers: Answers = field(default_factory=Answers)
    """What was answered in this conversation."""

    @property
    def today(self) -> date:
        """The present day in Shanghai."""
        return day_in_shanghai(self.now)

    def day(self, instant: datetime) -> date:
        """The day in Shanghai on which something happened."""
        return day_in_shanghai(instant)

    @property
    def page(self) -> int:
        """Which page of a long list is shown, from 0."""
        return self.answers.page()

    @property
    def consented(self) -> bool:
        """Whether personal data may be stored."""
        return self.person.consent == "given"

    def programme(self, programme_id: Json) -> Programme | None:
        """The programme with this id."""
        return next((programme for programme in self.programmes if programme.id == programme_id), None)

    def policy(self, programme: Programme, chinese: str) -> str:
        """A text of a programme in the person's language."""
        return self.words.policy(programme.id, chinese)

    def clause(self, programme: Programme, clause: str | None) -> str:
        """Where in a programme's text something stands, as a person reads it; empty where there is no clause."""
        return "" if clause is None else self.policy(programme, clause)

    def fact_text(self, chinese: str) -> str:
        """A text of the fact vocabulary in the person's language."""
        return self.words.policy("facts", chinese)

    def rounds_of(self, programme: Programme) -> tuple[Round, ...]:
        """The rounds of a programme everybody may see, computed ones among them, the next to close first."""
        return rounds_on(programme, self._told, self.today, self.examiner.calendar)

    def rounds_left_out(self, programme: Programme) -> tuple[LeftOut, ...]:
        """The yearly windows of a programme that are no rounds, as the programme does not stand when they close."""
        return left_out(programme, self._told, self.today, self.examiner.calendar)

    @property
    def _told(self) -> tuple[Round, ...]:
        return tuple(one for one in self.office.rounds if one.public)

    def name_of(self, programme: Programme) -> str:
        """What people call a programme."""
        return self.policy(programme, programme.identity.short_name)
