"""A small assistant with a fixed script that shows every kind of block and asks in every way a channel must handle."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from dialogs.engine.screen import (
    Block,
    Card,
    Choice,
    Details,
    Echo,
    Expectation,
    Heading,
    Item,
    Items,
    Link,
    Mark,
    Message,
    Notice,
    Paragraph,
    Progress,
    Said,
    Screen,
    ScreenMessage,
    Span,
    Table,
    message_to_json,
    plain,
    strong,
)
from dialogs.incoming import Answered, Command, Handled, Incoming, Pressed, Typed, Unsupported, Uploaded
from domain.clock import Clock
from domain.store import Chat, StoredAnswer, StoredConversation, StoredReceipt, Transaction
from locales.words import Words

MARKS: Final[tuple[Mark, ...]] = (
    "met",
    "not_met",
    "unclear",
    "unknown",
    "self_stated",
    "not_applicable",
    "info",
    "warning",
    "date",
)

GALLERY: Final[tuple[Block, ...]] = (
    Notice(tone="warning", spans=plain("办法为试行，将于明年到期。")),
    Notice(tone="info", spans=plain("An information.")),
    Notice(tone="success", spans=plain("A success.")),
    Notice(tone="error", spans=plain("An error.")),
    Paragraph(spans=(*strong("需要向主管部门确认"), *plain("（2 项）\n没有发现硬性障碍。"))),
    Heading(text="逐条"),
    Items(
        items=tuple(
            Item(mark=mark, spans=plain(f"条件 {mark}"), clause="第六条（一）", detail=plain("差 1 个月"))
            for mark in MARKS
        )
    ),
    Table(
        header=("项目", "现在的状态", "贵单位"),
        rows=(("杭州市政府质量奖", "施行中", "1 项待确认"), ("全国质量标杆", "长期有效", "未发现障碍")),
    ),
    Details(summary="展开全部", blocks=(Paragraph(spans=plain("里面的内容 <b>&amp;</b>")),)),
    Link(label="打印/保存", path="/results/1"),
    Link(label="not ours", path="//elsewhere.example/"),
)

TOTAL: Final = 5


class ScriptedReceipts:
    """Shows the gallery for any receipt."""

    def blocks(self, receipt: StoredReceipt, words: Words) -> tuple[Block, ...]:
        """What the page of a receipt shows."""
        return (Heading(text=receipt.programme), *GALLERY, Paragraph(spans=plain(words.date(receipt.as_of))))


def a_card(card: str = "r1", title: str = "Hand in by 31 May") -> Card:
    """A card with two buttons."""
    choices = (Choice(key="done", label="It is done"), Choice(key="later:3", label="In three days"))
    return Card(card=card, language="en", title=title, choices=choices)


def _answered(answered: Answered) -> Card:
    """The card as it looks once it is answered: it says what was pressed and has no buttons any more."""
    notice = Notice(tone="success", spans=plain(f"Pressed {answered.choice}"))
    return a_card(answered.card).model_copy(
        update={"blocks": (notice,), "choices": (), "place": answered.place}
    )


class ScriptedAssistant:
    """Asks five questions, then shows the gallery. `/language en` changes the language of what comes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
        """One turn, as the real assistant takes it."""
        now = self._clock.now()
        if incoming.update_key and not tx.inbox.accept(incoming.chat, incoming.update_key, now):
            return Handled(duplicate=True)
        chat = tx.chats.get(incoming.chat)
        current = tx.conversations.active(chat.id) or tx.conversations.start(chat.id, "script", 1, {}, now)
        said: str | None = None
        notices: tuple[Block, ...] = ()
        match incoming.content:
            case Typed(text=text):
                said = text
                current = self._answer(tx, current, text)
            case Pressed(conversation=conversation, revision=revision, choice=choice):
                said = self._label(current, chat, choice)
                if (conversation, revision) != (current.id, current.revision):
                    notices = (Notice(tone="info", spans=plain("This button belongs to an earlier step.")),)
                else:
                    current = self._press(tx, current, choice)
            case Command(name="language", argument=language):
                tx.chats.set_language(chat.id, language)
                chat = replace(chat, language=language)
            case Command(name="menu" | "cancel"):
                current = self._save(tx, current, ())
            case Answered():
                card = message_to_json(_answered(incoming.content))
                return Handled(duplicate=False, outbox_ids=(tx.outbox.put(chat.id, card, now),))
            case Command() | Unsupported() | Uploaded():
                pass
        messages: list[Message] = [Said(text=said)] if said is not None else []
        messages.append(ScreenMessage(screen=self._screen(current, chat, notices)))
        return Handled(
            duplicate=False,
            outbox_ids=tuple(tx.outbox.put(chat.id, message_to_json(message), now) for message in messages),
        )

    def _press(self, tx: Transaction, current: StoredConversation, choice: str) -> StoredConversation:
        if choice == "@back":
            return self._save(tx, current, current.answers[:-1])
        if choice == "@menu":
            return self._save(tx, current, ())
        if len(self._complete(current)) == 1 and not choice.startswith("@"):
            drafted = {answer.said for answer in current.answers[1:]}
            kept = [answer for answer in current.answers if answer.state == "1" or answer.said != choice]
            if choice in drafted:
                return self._save(tx, current, tuple(kept))
            return self._save(tx, current, (*current.answers, self._stored("draft", choice)))
        return self._answer(tx, current, choice)

    def _answer(self, tx: Transaction, current: StoredConversation, text: str) -> StoredConversation:
        complete = self._complete(current)
        return self._save(tx, current, (*complete, self._stored(str(len(complete) + 1), text)))

    def _save(
        self, tx: Transaction, current: StoredConversation, answers: tuple[StoredAnswer, ...]
    ) -> StoredConversation:
        return tx.conversations.save(replace(current, answers=answers), current.revision)

    def _stored(self, state: str, text: str) -> StoredAnswer:
        return StoredAnswer(state, text, text, self._clock.now())

    @staticmethod
    def _complete(current: StoredConversation) -> tuple[StoredAnswer, ...]:
        return tuple(answer for answer in current.answers if answer.state != "draft")

    def _label(self, current: StoredConversation, chat: Chat, choice: str) -> str:
        choices = self._screen(current, chat, ()).choices
        return next((known.label for known in choices if known.key == choice), choice)

    def _screen(self, current: StoredConversation, chat: Chat, notices: tuple[Block, ...]) -> Screen:
        complete = self._complete(current)
        step = len(complete) + 1
        english = chat.language == "en"
        expects, title, choices = self._question(current, step, english)
        ways: tuple[Choice, ...] = (
            Choice(key="@back", label="Back" if english else "返回", role="navigation"),
            Choice(key="@menu", label="Menu" if english else "菜单", role="navigation"),
        )
        blocks: tuple[Block, ...] = notices
        if complete:
            edit = Choice(key="@edit:last", label="Change" if english else "改一下", role="edit")
            ways = (edit, *ways)
            blocks = (*notices, Echo(spans=(Span(text="记为 "), *strong(complete[-1].said))))
        if step > TOTAL:
            blocks = (*blocks, *GALLERY)
        return Screen(
            conversation=current.id,
            revision=current.revision,
            dialog="script",
            state=str(step),
            language=chat.language,
            title=title,
            blocks=blocks,
            choices=(*choices, *ways),
            expects=expects,
            progress=Progress(step=step, about=TOTAL) if step <= TOTAL else None,
        )

    @staticmethod
    def _question(
        current: StoredConversation, step: int, english: bool
    ) -> tuple[Expectation | None, str, tuple[Choice, ...]]:
        if step == 1:
            yes, no, unsure = ("Yes", "No", "Not sure") if english else ("是", "否", "不清楚")
            choices = (
                Choice(key="yes", label=yes),
                Choice(key="no", label=no),
                Choice(key="@unsure", label=unsure),
            )
            title = "Is this a manufacturing enterprise?" if english else "贵单位是制造业企业吗？"
            return Expectation(kind="choice", example="是"), title, choices
        if step == 2:
            drafted = {answer.said for answer in current.answers if answer.state == "draft"}
            switches = tuple(
                Choice(key=key, label=f"选项 {key}", selected=key in drafted) for key in ("a", "b", "c")
            )
            done = Choice(key="@done", label="Done" if english else "选好了")
            title = "Which of these?" if english else "有哪些？"
            return Expectation(kind="choices", example="1、3"), title, (*switches, done)
        if step == 3:
            title = "How much revenue?" if english else "去年营业收入是多少？"
            return Expectation(kind="money", example="3000万"), title, ()
        if step == 4:
            title = "Since when?" if english else "从哪年哪月开始？"
            return Expectation(kind="date", example="2024年5月"), title, ()
        if step == 5:
            title = "Net profit of the last three years?" if english else "近三年净利润？"
            return Expectation(kind="year_table", example="2023: 120万", years=(2023, 2024, 2025)), title, ()
        return None, "Result" if english else "结果", ()


class ScriptedCalendars:
    """Writes a calendar that says whose it is and in which language."""

    def of_chat(self, _tx: Transaction, chat: Chat, now: datetime) -> bytes:
        """The calendar of a chat."""
        return f"BEGIN:VCALENDAR\r\nX-CHAT:{chat.id}\r\nX-LANGUAGE:{chat.language}\r\nX-DAY:{now:%Y%m%d}\r\nEND:VCALENDAR\r\n".encode()
