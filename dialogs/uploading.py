"""Files somebody sent, in the turn that takes them in: what can be kept is stored, for the rest it is said why not."""

from __future__ import annotations

from typing import Final

from dialogs.engine.answers import Json
from dialogs.engine.screen import Notice, Span
from dialogs.engine.turn import Turn, hand_in, so_far
from dialogs.engine.upload import AskUpload
from dialogs.talk import Talk
from domain.store import StoredFile
from domain.uploads import Arrived, Received

PAPER_CLIP: Final = "\N{PAPERCLIP}"


def take_files(talk: Talk, files: tuple[Arrived, ...], note: str = "") -> Turn | None:
    """What becomes of the answers; None where no file is asked for. What was not taken is told in the notices.

    The note is kept with the first file that is taken.
    """
    state = talk.position.state
    if state is None or not isinstance(state.ask, AskUpload):
        return None
    ask = state.ask
    there = ask.held(so_far(talk.answers, talk.position)) if ask.toggles else []
    added: list[dict[str, Json]] = []
    problem: tuple[Span, ...] = ()
    for file in files:
        problem = ask.problem(file, [*there, *added])
        if problem or not isinstance(file, Received):
            talk.notices.append(Notice(tone="error", spans=problem))
            continue
        stored = talk.tx.files.add(talk.chat.id, talk.conversation.id, file, talk.now)
        added.append(_entry(stored, "" if added else note))
    said = ", ".join(f"{PAPER_CLIP} {file.name}" for file in files)
    if not added:
        return Turn(talk.answers, said, problem=problem)
    turn = hand_in(talk.dialog, talk.answers, talk.position, added, talk.now)
    return Turn(turn.answers, said, turn.answered, turn.problem)


def _entry(file: StoredFile, note: str) -> dict[str, Json]:
    told: dict[str, Json] = {"note": note} if note else {}
    return {
        "file": file.id,
        "stored": file.stored_name,
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        **told,
    }
