"""Yes, no and not sure, in both languages.

Only whole answers are read. 没有问题 may mean "no problem" or "yes", 不是没有 means "yes": what says more
than the answer is not read, rather than read wrongly.
"""

from __future__ import annotations

import re
from typing import Final

from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood
from dialogs.understanding.text import phrases, prepared
from domain.values import UNCLEAR, Unclear

_YES: Final = phrases(
    "是, 是的, 对, 对的, 对啊, 没错, 正确, 有, 有的, 有过, 是有, 确实有, 嗯, 嗯嗯, 恩, 好, 好的, 好啊, "
    "行, 可以, 可以的, 同意, 愿意, 确认, 确定, 当然, 当然有, 肯定, 肯定有, 都有, 都是, 满足, 符合, 达到, "
    "达到了, 达标, 已有, 已经有, 已取得, 已获得, 是是, 对对, 对对对, 是是是, 能, 会, 真, 要, 需要, yes, "
    "y, yeah, yep, yup, yea, ya, true, t, ok, okay, sure, correct, right, affirmative, certainly, "
    "definitely, agreed, agree, i do, we do, yes we do, yes i do, we have, yes we have, it is, yes it is, "
    "of course, √, ✓, ✔, ✅, 👍"
)
_NO: Final = phrases(
    "否, 不, 不是, 不是的, 没有, 没有的, 没, 没有过, 没过, 无, 从未, 从没, 从来没有, 从没有, 从未有过, "
    "未, 未有, 并无, 并没有, 并不是, 不对, 错, 错误, 不行, 不可以, 不同意, 不愿意, 不能, 不会, 不满足, "
    "不符合, 未达到, 没达到, 不达标, 还没有, 还没, 尚未, 暂无, 暂时没有, 目前没有, 目前无, 都没有, "
    "都不是, 均无, 不要, 不需要, 没有没有, 不不, 不不不, no, n, nope, nah, none, never, false, f, not, "
    "no never, no we don't, no i don't, we don't, we do not, i don't, we have not, no we haven't, "
    "we haven't, it isn't, it is not, not yet, not at all, no way, incorrect, wrong, disagree, negative, "
    "✗, ✘, ❌, 👎"
)
_NOT_SURE: Final = phrases(
    "不清楚, 不太清楚, 不很清楚, 还不清楚, 不确定, 不太确定, 不能确定, 无法确定, 不知道, 不晓得, 不了解, "
    "不太了解, 说不准, 说不好, 说不清, 说不定, 不好说, 难说, 没把握, 不敢肯定, 不肯定, 拿不准, 记不清, "
    "记不得, 不记得, 忘了, 忘记了, 待核实, 待确认, 待查, 要查一下, 需要核实, 需要确认, 要核实, 不明, "
    "不明确, 未知, 也许, 可能, 或许, 有可能, 可能是, 可能有, 不详, unsure, unclear, unknown, dunno, idk, "
    "maybe, perhaps, possibly, uncertain, not sure, not certain, not clear, i'm not sure, we're not sure, "
    "i am not sure, we are not sure, not really sure, don't know, i don't know, we don't know, "
    "do not know, i do not know, we do not know, no idea, no clue, can't say, cannot say, hard to say, "
    "can't tell, have to check, need to check, to be checked, not known"
)
_WORDS: Final[dict[str, bool | Unclear]] = {
    word: value for words, value in ((_YES, True), (_NO, False), (_NOT_SURE, UNCLEAR)) for word in words
}
_MARKS = re.compile(r"[\s。.!,;、~…]+$")
_PARTICLES = re.compile(r"(?<=.)[了啊呀哦哈呢啦嘛喔]+$")
_PROBABLY = re.compile(r"(?:应该|大概|估计|好像|probably|i think|i guess|i believe)(?: so|,)?(?: |$)?")


def read_answer(text: str) -> Result[bool | Unclear]:
    """Yes (``True``), no (``False``) or not sure (:data:`domain.values.UNCLEAR`).

    An answer given with 应该, 吧 or "probably" is approximate.
    """
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    bare = _MARKS.sub("", plain).replace("’", "'") or plain
    if (answer := _known(bare)) is not None:
        return Understood(answer)
    less_sure = bare.removesuffix("吧")
    if found := _PROBABLY.match(less_sure):
        less_sure = less_sure[found.end() :] or "yes"
    if less_sure != bare and (answer := _known(less_sure.strip())) is not None:
        return Understood(answer, approximate=answer is not UNCLEAR)
    return NotUnderstood(Reason.NOT_RECOGNISED)


def _known(text: str) -> bool | Unclear | None:
    for form in (text, _PARTICLES.sub("", text), text.replace(",", "")):
        if form in _WORDS:
            return _WORDS[form]
    return None
