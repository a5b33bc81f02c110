"""Words that are a command wherever they are typed: back, cancel, help and the like."""

from __future__ import annotations

from enum import Enum
from typing import Final

from dialogs.understanding.text import SHORT, normalised, phrases


class CommandWord(Enum):
    """The commands that work in every state; values are the names channels use."""

    START = "start"
    MENU = "menu"
    BACK = "back"
    CANCEL = "cancel"
    HELP = "help"
    LANGUAGE = "language"
    WHERE = "where"
    ANSWERS = "answers"
    DATA = "data"
    REMINDERS = "reminders"


_WORDS: Final = {
    CommandWord.START: "开始, 重新开始, 从头开始, start, restart, start over",
    CommandWord.MENU: "菜单, 主菜单, 首页, 回到菜单, 返回菜单, 目录, menu, main menu, home",
    CommandWord.BACK: "返回, 上一步, 后退, 回退, 退回, 返回上一步, back, go back, previous, undo, 撤销",
    CommandWord.CANCEL: "取消, 退出, 结束, 算了, 停止, 不填了, cancel, quit, exit, stop, abort",
    CommandWord.HELP: "帮助, 帮忙, 怎么用, 怎么填, 说明, 使用说明, help, how",
    CommandWord.LANGUAGE: "语言, 切换语言, 换语言, english, 英文, 英语, 中文, 汉语, chinese, language, switch language",
    CommandWord.WHERE: "我在哪, 我在哪里, 在哪, 在哪里, 到哪了, 到哪一步了, 进度, where, where am i, progress",
    CommandWord.ANSWERS: "我的答案, 我的回答, 查看答案, 看答案, 修改答案, 改答案, answers, my answers",
    CommandWord.REMINDERS: "我的提醒, 提醒, 提醒设置, 我的截止日期, 截止日期, reminders, my reminders, my dates, deadlines, my deadlines",
    CommandWord.DATA: "我的数据, 我的资料, 我的信息, 数据导出, 导出数据, 删除数据, 删除我的数据, data, my data",
}
_COMMANDS: Final = {word: command for command, words in _WORDS.items() for word in phrases(words)}
_LANGUAGES: Final = {
    "english": "en",
    "英文": "en",
    "英语": "en",
    "中文": "zh_CN",
    "汉语": "zh_CN",
    "chinese": "zh_CN",
}


def read_command(text: str) -> tuple[CommandWord, str] | None:
    """The command a text is, with its argument (a language), or ``None`` for any other text.

    A leading slash, as people know it from other chats, changes nothing: ``/help``.
    """
    if len(text) > SHORT:
        return None
    plain = normalised(text).strip(" 。.!?,")
    word = plain.removeprefix("/")
    command = _COMMANDS.get(word)
    if command is None and plain.startswith("/"):
        command = next((each for each in CommandWord if each.value == word), None)
    return None if command is None else (command, _LANGUAGES.get(word, ""))
