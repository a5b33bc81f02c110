"""A message of several parts that stops in the middle goes on with the part it had not sent, whoever sends it then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.telegram.reception import CHANNEL
from dialogs.engine.screen import Paragraph, ScreenMessage, plain
from tests.bot.telegram.faults.driven import Driven, driven
from tests.bot.telegram.screens import a_choice, a_screen
from tests.support.telegram_api import Fault, TelegramApi
from tests.support.telegram_api.faults import Planned

PARTS = 4


@dataclass(slots=True)
class After(Planned):
    """A fault that lets the first requests pass."""

    passing: int = 0

    def meets(self, method: str, chat_id: int | None) -> bool:
        if not Planned.meets(self, method, chat_id):
            return False
        self.passing -= 1
        return self.passing < 0


async def put_long_screen(post: Driven) -> int:
    blocks = [Paragraph(spans=plain(f"【{number}】" + "长" * 3_600)) for number in range(PARTS)]
    screen = a_screen(*blocks, title="长", choices=[a_choice("go")])
    text = ScreenMessage(screen=screen).model_dump_json()
    person = str(post.people[0])
    return await post.house.database.run(
        lambda tx: tx.outbox.put(
            tx.chats.open(CHANNEL, person, "zh_CN", post.time.clock.now()).id, text, post.time.clock.now()
        )
    )


@pytest.mark.parametrize("gone_out", range(1, PARTS))
@pytest.mark.parametrize("new_process", [False, True])
async def test_it_goes_on_where_it_stopped(tmp_path: Path, gone_out: int, *, new_process: bool) -> None:
    with TelegramApi() as api:
        api.faults.planned.append(
            After(Fault.SERVER_ERROR, "sendMessage", None, 1, 1.0, 0.0, passing=gone_out)
        )
        async with driven(tmp_path, api, 1) as post:
            await put_long_screen(post)
            await post.courier.round()
            await post.courier.settled()
            assert len(api.record.sends()) == gone_out
            if not new_process:
                await post.passes(60)
        if new_process:
            async with driven(tmp_path, api, 0) as post:
                post.time.pass_by(60)
                await post.passes(60)
                assert (await post.states())["sent"] == 1
        sends = api.record.sends()
    texts = [str(request.parameters["text"]) for request in sends]
    assert len(texts) == len(set(texts)) == PARTS
    assert [f"【{number}】" in text for number, text in enumerate(texts)] == [True] * PARTS
    assert ["reply_markup" in request.parameters for request in sends] == [False] * (PARTS - 1) + [True]
