"""What can be said beside the question without moving on: help, where we are, what this step needs."""

from __future__ import annotations

from dialogs.engine.dialog import State
from dialogs.engine.render import echoed
from dialogs.engine.screen import (
    Block,
    Choice,
    Expectation,
    ExpectationKind,
    Heading,
    Item,
    Items,
    Notice,
    Paragraph,
    Span,
    plain,
    strong,
)
from dialogs.engine.turn import edit_key
from dialogs.talk import Talk
from dialogs.titles import subject_title
from locales.words import Words, mark

_NEEDS: dict[ExpectationKind, str] = {
    "choice": mark("one of the answers below"),
    "choices": mark("one or more of the answers below"),
    "text": mark("a short text"),
    "number": mark("a number"),
    "money": mark("an amount of money"),
    "percentage": mark("a percentage"),
    "date": mark("a date"),
    "year": mark("a year"),
    "year_table": mark("a figure for each year"),
    "events": mark("a date, or “none”"),
    "certificate": mark("yes or no, and the date it is valid to"),
    "upload": mark("a file"),
}

_KINDS: dict[str, str] = {
    "sticker": mark("a sticker"),
    "photo": mark("a picture"),
    "image": mark("a picture"),
    "voice": mark("a voice message"),
    "audio": mark("a sound file"),
    "video": mark("a video"),
    "document": mark("a file"),
    "file": mark("a file"),
    "location": mark("a location"),
    "contact": mark("a contact card"),
}


def help_blocks(talk: Talk) -> tuple[Block, ...]:
    """Why this is asked, and what works everywhere."""
    say, state = talk.words.say, talk.position.state
    blocks: list[Block] = []
    reasons = state.why(talk.position.here) if state is not None else ()
    if reasons:
        blocks += [Heading(text=say("About this question")), *reasons]
    lines = (
        (say("back"), say("one step back")),
        (say("menu"), say("leave this for later and see everything else")),
        (say("cancel"), say("drop this conversation")),
        (say("where"), say("what you have answered so far, and change it")),
        (say("language"), say("switch between Chinese and English")),
    )
    blocks.append(Heading(text=say("What you can type at any time")))
    blocks.append(
        Items(
            items=tuple(
                Item(mark="info", spans=(Span(text=word, strong=True), Span(text=" – " + what)))
                for word, what in lines
            )
        )
    )
    promise = say(
        "I compare what you tell me with the text of each programme and name the clause. Whether you are "
        "recognised is decided by the authority alone."
    )
    return (*blocks, Paragraph(spans=plain(promise)))


def where_blocks(talk: Talk) -> tuple[tuple[Block, ...], tuple[Choice, ...]]:
    """What the conversation is about and what was answered, with a button to change each answer."""
    say, position, dialog = talk.words.say, talk.position, talk.dialog
    title = subject_title(talk.world, dialog.name, talk.conversation.subject)
    items: list[Item] = []
    changes: list[Choice] = []
    for name in position.path:
        state = dialog.state(name)
        if state is None or state.silent:
            continue
        told = echoed(state, position.here.given[name])
        items.append(Item(mark="info", spans=strong(short_title(state)), detail=told))
        label = say("Change: %(what)s", what=short_title(state))
        changes.append(Choice(key=edit_key(name), label=label, role="edit"))
    intro = Paragraph(spans=(*plain(say("You are here: ")), *strong(title)))
    if not items:
        return (intro, Paragraph(spans=plain(say("Nothing is answered yet.")))), ()
    return (intro, Heading(text=say("Your answers so far")), Items(items=tuple(items))), tuple(changes)


def short_title(state: State) -> str:
    """What a state is about, in a few words where there are any."""
    return state.short or state.title


def stale_notice(talk: Talk) -> Notice:
    """A button of an earlier screen was pressed."""
    say = talk.words.say
    step = len(talk.position.path) + 1
    if talk.conversation.dialog == talk.library.home:
        text = say("That button belongs to an earlier step; nothing was changed. This is where we are now:")
    else:
        text = say(
            "That button belongs to an earlier step; nothing was changed. You are now at step %(step)s:",
            step=step,
        )
    return Notice(tone="info", spans=plain(text))


def words_alone_notice(words: Words, kind: str) -> Notice:
    """Words arrived under something that cannot be taken here."""
    what = words.say(_KINDS.get(kind, mark("something")))
    told = words.say("I cannot take %(what)s here; I have read the words you wrote under it.", what=what)
    return Notice(tone="info", spans=plain(told))


def unsupported_notice(words: Words, kind: str, expects: Expectation | None) -> Notice:
    """Something arrived that is neither text nor a button."""
    say = words.say
    got = say("I received %(what)s, which I cannot read.", what=say(_KINDS.get(kind, mark("something"))))
    if expects is None:
        return Notice(tone="info", spans=plain(got))
    needs = say("This step needs %(what)s.", what=say(_NEEDS[expects.kind]))
    example = say("For example: %(example)s", example=expects.example) if expects.example else ""
    return Notice(tone="info", spans=plain(words.sentences(got, needs, example)))
