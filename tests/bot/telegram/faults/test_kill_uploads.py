"""`kill -9` at random moments while people send files: every file is taken once, in the order it was sent."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.telegram.reception import CHANNEL
from domain.privacy import load_or_create
from domain.store import Database, Transaction
from tests.bot.telegram.faults.rest import settings_of
from tests.bot.telegram.faults.serving import Serving
from tests.support import documents
from tests.support.figures import Tell
from tests.support.papers import NAME
from tests.support.postgresql import empty_postgresql_url
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


async def answers_of(settings: Settings, people: list[Person]) -> dict[str, tuple[str, Answers, int]]:
    """For each address that was heard of its dialog, the files in its answers, and how many files are stored."""
    async with await Database.open(
        settings.database, master_key=load_or_create(settings.master_key_file), busy_timeout_ms=5_000
    ) as database:

        def look(tx: Transaction) -> dict[str, tuple[str, Answers, int]]:
            found: dict[str, tuple[str, Answers, int]] = {}
            for person in people:
                chat = tx.chats.find(CHANNEL, str(person.id))
                active = None if chat is None else tx.conversations.active(chat.id)
                if chat is None or active is None:
                    continue
                told: Answers = {}
                for answer in active.answers:
                    entries: Any = answer.value
                    told[answer.state] = [(one["name"], tx.files.content(one["file"])) for one in entries]
                found[chat.address] = active.dialog, told, len(tx.files.of_chat(chat.id))
            return found

        return await database.read(look)


def done(settings: Settings, people: list[Person]) -> bool:
    found = asyncio.run(answers_of(settings, people))
    return len(found) == PEOPLE and all("pictures" in told for _, told, _ in found.values())


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The kind of a database and its address; none for the file that is made where nothing else is said."""
    if request.param == "SQLite":
        yield request.param, ""
    else:
        with empty_postgresql_url() as url:
            yield request.param, url


@pytest.mark.timeout(patience(300, 3_600))
def test_killed_again_and_again_it_takes_every_file_once(
    tmp_path: Path, tell: Tell, database: tuple[str, str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    data_dir = tmp_path / "data"
    kind, url = database
    settings = settings_of(data_dir, url)
    with TelegramApi() as api:
        for fault in (Fault.SERVER_ERROR, Fault.DROP_BEFORE):
            api.faults.plan(fault, method="getFile download", times=None, chance=0.1)
        # Slow enough that some are on their way whenever the process dies.
        api.faults.plan(Fault.DELAY, method="getFile", times=None, chance=0.5, seconds=0.3)
        serving = ServingPapers(data_dir, api, url)
        serving.start()
        begun = time.monotonic()
        people = [api.person(f"用户{number}") for number in range(PEOPLE)]
        for kill in range(KILLS):
            for number in range(kill, PEOPLE, KILLS):
                sends_everything(people[number], number)
            time.sleep(chance.uniform(0.1, 1.2))
            serving.kill()
            serving.start()
        while not done(settings, people):
            assert time.monotonic() - begun < SECONDS, serving.told()
            time.sleep(0.5)
        seconds = time.monotonic() - begun
        found = asyncio.run(answers_of(settings, people))
        serving.terminate()
        struck = sum(planned.struck for planned in api.faults.planned)
    tell(
        f"{kind}: {KILLS} kills, {PEOPLE} people, {4 * PEOPLE} files, {struck} faults of the platform, {seconds:.0f} s"
    )
    for number, person in enumerate(people):
        dialog, told, stored = found[str(person.id)]
        assert dialog == NAME
        assert told == {
            "certificate": [(f"{number}.pdf", documents.pdf(str(number)))],
            "pictures": pictures(number),
        }
        assert stored == 4
