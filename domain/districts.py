"""Whether two names, typed by different people, are of one district.

Nobody picks districts from a list: an officer writes 中原区, an organisation 郑州市中原区, somebody else 中原. Names are the same when
one says no more than the other, and nothing else. What differs in what both say is never the same: 长沙市 is not 长沙县, and
中原区 of 郑州市 is not that of another city. A name that says less agrees with each of several that say more, so this is no
equivalence: two names that agree with a third need not agree with each other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_KINDS: Final = ("区", "县", "市")
"""What stands at the end of a name and may be left out."""

_SHORTEST: Final = 2
"""Characters of a name without its kind; 吉县 and 城区 are never called 吉 and 城."""

_BETWEEN: Final = re.compile(r"[\s/·•,、\-]+")
_PROVINCE: Final = re.compile(r"(.{2,}?(?:省|自治区|特别行政区))(?=.{2})")
_CITY: Final = re.compile(r"(.{2,}?(?:市|自治州|地区|盟))(?=.{2})")
_OF_PROVINCE: Final = ("省", "自治区", "特别行政区")


@dataclass(frozen=True, slots=True)
class _Named:
    """A district, and the city and province it is said to lie in; empty where nothing is said."""

    district: str
    city: str = ""
    province: str = ""


def same_district(one: str, other: str) -> bool:
    """Whether both can be the name of one district. An empty name is that of none."""
    if one == other:
        return True
    here, there = _named(one), _named(other)
    return (
        _agree(here.district, there.district)
        and _do_not_differ(here.city, there.city)
        and _do_not_differ(here.province, there.province)
    )


def lies_within(name: str, limit: str) -> bool:
    """Whether a name can be of no other district than the one somebody is limited to.

    More than `same_district`: where the limit says a city (or a province), the name has to say it too. 西湖区 may be that of 南昌市,
    so who is limited to 杭州市西湖区 has no say there; who is limited to 西湖区 has one in both.
    """
    if name == limit:
        return True
    here, there = _named(name), _named(limit)
    if not same_district(name, limit):
        return False
    # No two cities have one name, whatever is said of their provinces.
    return bool(here.city) if there.city else bool(here.province) or not there.province


def _do_not_differ(one: str, other: str) -> bool:
    return not one or not other or _agree(one, other)


def _agree(one: str, other: str) -> bool:
    """Whether two names are the same, or one is the other without its kind."""
    if one == other:
        return True
    bare, full = sorted((one, other), key=len)
    return (
        len(full) == len(bare) + 1
        and len(bare) >= _SHORTEST
        and full.endswith(_KINDS)
        and full.startswith(bare)
        # 沙市 says already what it is: 沙市区 is another one.
        and not bare.endswith(_KINDS)
    )


@lru_cache(4096)
def _named(name: str) -> _Named:
    plain = unicodedata.normalize("NFKC", name).casefold()
    parts = [part for part in _BETWEEN.split(plain) if part]
    if not all(part.isascii() for part in parts):
        # A space inside of a name, and none between two.
        parts = parts if all(len(part) >= _SHORTEST for part in parts) else ["".join(parts)]
        *above, last = [level for part in parts for level in _levels(part)] or [""]
    else:
        above, last = [], " ".join(parts)
    provinces = [one for one in above if one.endswith(_OF_PROVINCE)]
    cities = [one for one in above if not one.endswith(_OF_PROVINCE)]
    return _Named(last, cities[-1] if cities else "", provinces[-1] if provinces else "")


def _levels(part: str) -> list[str]:
    """A name taken apart: 河南省郑州市中原区 is 河南省, 郑州市 and 中原区."""
    found = []
    for larger in (_PROVINCE, _CITY):
        if match := larger.match(part):
            found.append(match[1])
            part = part[match.end() :]
    return [*found, part]
