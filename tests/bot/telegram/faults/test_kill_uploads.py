"""`kill -9` at random moments while people send files: every file is taken once, in the order it was sent."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from domain.privacy import load_or_create
from domain.store import Database, Transaction
from tests.bot.telegram.faults.rest import settings_of
from tests.bot.telegram.faults.serving import Serving
from tests.support import documents
from tests.support.figures import Tell
from tests.support.papers import NAME
from tests.support.size import SEED, patience, size
from tests.support.telegram_api import Person, TelegramApi
from tests.support.telegram_api.faults import Fault

KILLS = size(4, 50)
PEOPLE = size(8, 60)
SECONDS = patience(240, 1_200)

Answers = dict[str, list[tuple[str, bytes]]]


class ServingPapers(Serving):
    """The product with a dialog that asks for files."""

    def spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.support.serving_papers",
                    "serve",
                    "--port",
                    str(self._port),
                    "--no-open",
                ],
                env=self._environment,
                stdout=log,
                stderr=log,
            )


def pictures(number: int) -> list[tuple[str, bytes]]:
    return [(f"{number}-{place}.jpg", documents.jpeg(number + 4, place + 4)) for place in range(3)]


def sends_everything(person: Person, number: int) -> None:
    """All at once and without waiting for an answer: the order of the chat has to hold."""
    person.start(NAME)
    person.send_document(f"{number}.pdf", documents.pdf(str(number)))
    for name, content in pictures(number):
        person.send_document(name, content, "image/jpeg")
    person.type("完成")


async def answers_of(data_dir: Path) -> dict[str, tuple[str, Answers, int]]:
    """For each address the state of the conversation's last answer, the files in its answers, and the files stored."""
    settings = settings_of(data_dir)
    async with await Database.open(
        settings.database, master_key=load_or_create(settings.master_key_file), busy_timeout_ms=5_000
    ) as database:

        def look(tx: Transaction) -> dict[str, tuple[str, Answers, int]]:
            found: dict[str, tuple[str, Answers, int]] = {}
            for chat_id in range(1, PEOPLE + 1):
                chat = tx.chats.get(chat_id)
                active = tx.conversations.active(chat_id)
                assert active is not None
                told: Answers = {}
                for answer in active.answers:
                    entries: Any = answer.value
                    told[answer.state] = [(one["name"], tx.files.content(one["file"])) for one in entries]
                found[chat.address] = active.dialog, told, len(tx.files.of_chat(chat_id))
            return found

        return await database.read(look)


def done(data_dir: Path) -> bool:
    try:
        found = asyncio.run(answers_of(data_dir))
    except LookupError:
        return False
    return all("pictures" in told for _, told, _ in found.values())


@pytest.mark.timeout(patience(300, 3_600))
def test_killed_again_and_again_it_takes_every_file_once(tmp_path: Path, tell: Tell) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    data_dir = tmp_path / "data"
    with TelegramApi() as api:
        for fault in (Fault.SERVER_ERROR, Fault.DROP_BEFORE):
            api.faults.plan(fault, method="getFile download", times=None, chance=0.1)
        # Slow enough that some are on their way whenever the process dies.
        api.faults.plan(Fault.DELAY, method="getFile", times=None, chance=0.5, seconds=0.3)
        serving = ServingPapers(data_dir, api)
        serving.start()
        begun = time.monotonic()
        people = [api.person(f"用户{number}") for number in range(PEOPLE)]
        for kill in range(KILLS):
            for number in range(kill, PEOPLE, KILLS):
                sends_everything(people[number], number)
            time.sleep(chance.uniform(0.1, 1.2))
            serving.kill()
            serving.start()
        while not done(data_dir):
            assert time.monotonic() - begun < SECONDS, serving.told()
            time.sleep(0.5)
        seconds = time.monotonic() - begun
        found = asyncio.run(answers_of(data_dir))
        serving.terminate()
        struck = sum(planned.struck for planned in api.faults.planned)
    tell(
        f"{KILLS} kills, {PEOPLE} people, {4 * PEOPLE} files, {struck} faults of the platform, {seconds:.0f} s"
    )
    for number, person in enumerate(people):
        dialog, told, stored = found[str(person.id)]
        assert dialog == NAME
        assert told == {
            "certificate": [(f"{number}.pdf", documents.pdf(str(number)))],
            "pictures": pictures(number),
        }
        assert stored == 4
