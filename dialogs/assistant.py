"""The assistant: one turn of one chat, inside one transaction.

De-duplicate, find where the conversation stands, apply what came in, save, queue the replies. Whatever is sent, the
answer is a screen that shows where the conversation stands now.
"""

from __future__ import annotations

from typing import Final, assert_never

from dialogs import commands as c
from dialogs.addresses import Addresses
from dialogs.applying import apply, leave, settle
from dialogs.asides import (
    help_blocks,
    stale_notice,
    unsupported_notice,
    where_blocks,
    words_alone_notice,
)
from dialogs.cards import react
from dialogs.deep_links import led_to
from dialogs.directory import CARDS, DIALOGS, HOME
from dialogs.engine import fold as folding
from dialogs.engine.choosing import folded
from dialogs.engine.render import Frame, label_of, screen
from dialogs.engine.screen import (
    Card,
    Choice,
    Notice,
    Said,
    Screen,
    ScreenMessage,
    keep_in_mind,
    message_to_json,
    plain,
)
from dialogs.engine.turn import Turn, press, type_in
from dialogs.incoming import (
    Answered,
    Command,
    Content,
    Handled,
    Incoming,
    Pressed,
    Typed,
    Unsupported,
    Uploaded,
)
from dialogs.library import Library
from dialogs.talk import Talk
from dialogs.understanding.commands import read_command
from dialogs.uploading import take_files
from domain.calendar.working_days import WorkingCalendar
from domain.clock import Clock
from domain.eligibility.evaluate import Examiner
from domain.facts.vocabulary import Vocabulary
from domain.privacy.retention import CONSENTED_DAYS
from domain.programme.loader import Programmes
from domain.store import Transaction
from domain.uploads import Arrived, UploadLimits
from locales.words import Catalogues

UNIVERSAL: Final = (
    "menu",
    "back",
    "cancel",
    "help",
    "language",
    "where",
    "answers",
    "data",
    "reminders",
    "start",
)
"""Commands; ``@`` and the name is the button of each."""


class Assistant:
    """Answers people."""

    def __init__(
        self,
        programmes: Programmes,
        vocabulary: Vocabulary,
        catalogues: Catalogues,
        clock: Clock,
        working_days: WorkingCalendar,
        kept_for_days: int = CONSENTED_DAYS,
        addresses: Addresses | None = None,
        uploads: UploadLimits | None = None,
    ) -> None:
        self._clock = clock
        self.library = Library(
            programmes,
            vocabulary,
            catalogues,
            Examiner(working_days),
            DIALOGS,
            HOME,
            kept_for_days,
            uploads or UploadLimits(),
            addresses=addresses or Addresses(),
        )

    def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
        """Take in one update and queue what it leads to; a duplicate does nothing."""
        now = self._clock.now()
        visit = incoming.visit or tx.chats.visit(incoming.chat)
        if incoming.update_key is not None and not tx.inbox.accept(incoming.chat, incoming.update_key, now):
            return Handled(duplicate=True)
        turn = _Reply(Talk(self.library, tx, visit, now))
        turn.take(incoming.content)
        return Handled(duplicate=False, outbox_ids=turn.queue())


class _Reply:
    """What is said in one turn."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._said = ""
        self._changes: tuple[Choice, ...] = ()
        self._card: Card | None = None
        self._shows_screen = True

    def take(self, content: Content) -> None:
        """Apply what came in."""
        match content:
            case Typed(text, beside):
                if beside:
                    self._talk.notices.append(words_alone_notice(self._talk.words, beside))
                self._typed(text)
            case Pressed():
                self._pressed(content)
            case Answered():
                self._answered(content)
            case Command(name, argument):
                self._command(name, argument)
            case Unsupported(kind):
                self._unsupported(kind)
            case Uploaded(files, note):
                self._uploaded(files, note)
            case _:
                assert_never(content)
        if self._shows_screen:
            settle(self._talk)

    def queue(self) -> tuple[int, ...]:
        """Put the replies into the outbox and give their ids."""
        talk = self._talk
        messages: list[Said | Card | ScreenMessage] = []
        if self._said and talk.chat.mirrors:
            messages.append(Said(text=self._said))
        if self._card is not None:
            messages.append(self._card)
        if self._shows_screen:
            messages.append(ScreenMessage(screen=self._screen()))
        return tuple([self._put(one) for one in messages])

    def _put(self, message: Said | Card | ScreenMessage) -> int:
        chat, text = self._talk.chat, message_to_json(message)
        if chat.pushed:
            keep_in_mind(text, message)
        return self._talk.tx.outbox.put(chat.id, text, self._talk.now)

    def _screen(self) -> Screen:
        talk = self._talk
        return screen(
            talk.dialog,
            talk.answers,
            talk.position,
            self._frame(),
            notices=tuple(talk.notices),
            answered=talk.answered,
            extra=self._changes,
        )

    def _frame(self) -> Frame:
        conversation = self._talk.conversation
        home = conversation.dialog == HOME
        return Frame(self._talk.words, conversation.id, conversation.revision, home=home)

    def _typed(self, text: str) -> None:
        self._said = text
        if (command := read_command(text)) is not None:
            self._command(command[0].value, command[1])
            return
        settle(self._talk)
        turn = type_in(self._talk.dialog, self._talk.answers, self._talk.position, text, self._talk.now)
        if turn.problem and (named := self._button(text)) is not None:
            self._press(named)
        elif turn.problem and not self._talk.is_new:
            self._talk.notices.append(Notice(tone="error", spans=turn.problem))
        elif not turn.problem:
            self._take(turn)

    def _unsupported(self, kind: str) -> None:
        self._talk.notices.append(unsupported_notice(self._talk.words, kind, self._screen().expects))

    def _uploaded(self, files: tuple[Arrived, ...], note: str) -> None:
        talk = self._talk
        settle(talk)
        turn = take_files(talk, files, note)
        if turn is None:
            self._unsupported("file")
        else:
            self._said = turn.said
            if not turn.problem:
                self._take(turn)

    def _pressed(self, pressed: Pressed) -> None:
        talk = self._talk
        settle(talk)
        current = talk.conversation
        if pressed.conversation != current.id or pressed.revision != current.revision:
            talk.notices.append(stale_notice(talk))
            return
        self._press(pressed.choice)

    def _answered(self, answered: Answered) -> None:
        """A card is answered by the card as it looks now; only opening something moves the conversation."""
        reaction = react(self._talk, answered, CARDS)
        self._card = reaction.card
        self._shows_screen = reaction.then is not None
        if reaction.then is not None:
            self._go(reaction.then)

    def _button(self, text: str) -> str | None:
        """The key of the button somebody names by what is written on it."""
        choices = self._screen().choices
        return next((choice.key for choice in choices if folded(choice.label) == folded(text)), None)

    def _press(self, key: str) -> None:
        talk = self._talk
        # What is on a button is only wanted where the channel has to show itself what was pressed.
        label = ""
        if talk.chat.mirrors:
            label = label_of(talk.dialog, talk.answers, talk.position, self._frame(), key)
        name = key.removeprefix("@")
        if key.startswith("@") and name in UNIVERSAL:
            self._said = label
            self._command(name, "")
            return
        turn = press(talk.dialog, talk.answers, talk.position, key, talk.now)
        if turn is None:
            talk.notices.append(stale_notice(talk))
            return
        self._said = label or turn.said
        self._take(turn)

    def _take(self, turn: Turn) -> None:
        talk = self._talk
        talk.take(turn.answers)
        talk.answered = turn.answered
        if turn.answered is not None:
            answer = turn.answers.given().get(turn.answered)
            if answer is not None:
                apply(talk, talk.dialog.on_answer(turn.answered, answer.value))

    def _command(self, name: str, argument: str) -> None:
        talk = self._talk
        match name:
            case "start":
                self._begin(argument)
            case "menu":
                self._go(c.GoToMenu())
            case "back":
                self._back()
            case "cancel":
                self._cancel()
            case "help":
                settle(talk)
                talk.notices.extend(help_blocks(talk))
            case "where":
                settle(talk)
                blocks, self._changes = where_blocks(talk)
                talk.notices.extend(blocks)
            case "language":
                if argument in ("en", "zh_CN"):
                    talk.set_language(argument)
                else:
                    apply(talk, (c.SwitchLanguage(),))
            case _:
                self._go(c.Start(name))

    def _begin(self, argument: str) -> None:
        """Begin where a link leads; at the menu without one."""
        command = led_to(self._talk, argument)
        if command is not None:
            self._go(command)
        else:
            leave(self._talk)
            self._talk.start(HOME, {"greet": True})

    def _go(self, command: c.Command) -> None:
        if self._talk.conversation.dialog == HOME and isinstance(command, c.GoToMenu):
            return
        leave(self._talk)
        apply(self._talk, (command,))

    def _back(self) -> None:
        talk = self._talk
        settle(talk)
        answers = folding.back(talk.dialog, talk.answers, talk.position, talk.now)
        if answers is None:
            self._go(c.GoToMenu())
        else:
            talk.take(answers)

    def _cancel(self) -> None:
        talk = self._talk
        if talk.conversation.dialog == HOME:
            return
        talk.end()
        text = talk.words.say("Cancelled. What you answered in this conversation was dropped.")
        apply(talk, (c.GoToMenu((Notice(tone="info", spans=plain(text)),)),))
