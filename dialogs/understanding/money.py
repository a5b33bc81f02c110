"""Amounts of money, in whole yuan.

Other currencies are refused, never converted. A loss is a negative amount, written with a sign, in
brackets as in accounts, or said: 亏损120万.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from dialogs.understanding.hedges import unhedged, without_fillers
from dialogs.understanding.numbers import quantity
from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood, mapped
from dialogs.understanding.text import prepared

_FOREIGN = re.compile(
    r"美元|美金|美刀|港币|港元|港纸|欧元|英镑|日元|日币|韩元|韩币|台币|澳门元|澳元|澳币|加元|加币|新加坡元|新币|"
    r"卢布|法郎|泰铢|卢比|越南盾|林吉特|[$€£₩₽₹฿]|"
    r"(?<![a-z])(?:usd|hkd|eur|gbp|jpy|krw|twd|ntd|nt|mop|aud|cad|sgd|chf|rub|inr|thb|vnd|myr|us|hk|"
    r"dollars?|euros?|pounds?|sterling|yen|won|francs?|roubles?|rubles?|rupees?|baht)(?![a-z])"
)
_YUAN_BEFORE = re.compile(r"(?:人民币|rmb|cny|¥|元) ?")
_YUAN_AFTER = re.compile(
    r" ?(?:元人民币|元整|元|块钱?|人民币|rmb|cny|renminbi|(?:chinese )?yuan(?: renminbi)?|¥)"
)
_LOSS = re.compile(
    r"(?:净|经营性?|净利润?)?亏损?(?:了|额为?|是|为)?|赔了?|"
    r"(?:a )?(?:net )?loss(?: of)?|lost|we lost"
)
_LOSS_AFTER = re.compile(r" ?(?:的?亏损|(?:net )?loss)")
_PROFIT = re.compile(
    r"(?:净利润?|利润总额|利润|净?盈利|盈余|净?赚|营业收入|销售收入|收入|营收)(?:了|额为?|是|为)?|"
    r"(?:a )?(?:net )?profit(?: of)?|revenue(?: of)?|earned"
)
_PROFIT_AFTER = re.compile(r" ?(?:的?(?:盈利|利润)|(?:net )?profit)")
_BRACKETS = re.compile(r"\(([^()]+)\)(.*)")
_SIGNED: Final = ("-", "负", "+")


def read_money(text: str) -> Result[int]:
    """An amount in whole yuan; negative for a loss.

    A part of a yuan is rounded down and marked as approximate, with the amount rounded up as the other
    reading: what lies between 0 and 1 yuan is for the person to settle.
    """
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    if foreign := _FOREIGN.search(plain):
        return NotUnderstood(Reason.FOREIGN_CURRENCY, foreign[0])
    bare, hedged = unhedged(plain)
    amount, sign = _without_loss(bare)
    if sign < 0 and without_currency(amount).startswith(_SIGNED):
        # 亏损-120万 says minus twice: a slip, or minus once.
        return NotUnderstood(Reason.NOT_RECOGNISED)
    if brackets := _BRACKETS.fullmatch(without_currency(amount)):
        amount, sign = brackets[1] + brackets[2], -1
    result = mapped(quantity(amount, without_currency), lambda value: -value if sign < 0 else value)
    if hedged and isinstance(result, Understood):
        result = Understood(result.value, approximate=True)
    return _whole(result)


def without_currency(text: str) -> str:
    """A normalised amount without the name of the yuan before or after it."""
    if found := _YUAN_BEFORE.match(text):
        text = text[found.end() :]
    elif text[:1] in _SIGNED and (found := _YUAN_BEFORE.match(text, 1)):
        text = text[0] + text[found.end() :]
    for start in range(max(1, len(text) - 16), len(text)):
        if _YUAN_AFTER.fullmatch(text, start):
            return text[:start]
    return text


def _without_loss(text: str) -> tuple[str, int]:
    """The amount without the word for loss or profit, and the sign the word gives it (0: none)."""
    for words, before, after in ((-1, _LOSS, _LOSS_AFTER), (1, _PROFIT, _PROFIT_AFTER)):
        if (found := before.match(text)) and 0 < found.end() < len(text):
            return _rest(text[found.end() :]), words
        for start in range(max(1, len(text) - 12), len(text)):
            if after.fullmatch(text, start):
                return text[:start], words
    return text, 0


def _rest(text: str) -> str:
    return without_fillers(text.lstrip(" :=了为"))


def _whole(result: Result[Decimal]) -> Result[int]:
    if isinstance(result, Understood) and result.value % 1:
        down = int(result.value.to_integral_value(ROUND_FLOOR))
        up = int(result.value.to_integral_value(ROUND_CEILING))
        return Understood(down, approximate=True, alternatives=(up,))
    return mapped(result, int)
