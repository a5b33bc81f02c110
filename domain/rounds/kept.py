"""The form in which the store keeps what a round says."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from domain.rounds.model import DAYS, TEXTS, Bilingual, Terms


def texts_to_json(terms: Terms) -> str:
    """The texts of the terms; days and link have columns of their own."""
    kept = {name: _pair(getattr(terms, name)) for name in TEXTS}
    return json.dumps(
        {**kept, "conditions": [_pair(one) for one in terms.conditions]}, ensure_ascii=False, sort_keys=True
    )


@lru_cache(1024)
def terms_from(
    texts: str, days: tuple[str | None, str | None, str | None, str | None], source_link: str
) -> Terms:
    """The terms out of what is kept; `days` are ISO texts in the order of `DAYS`. Read on most turns, changed hardly ever."""
    kept = json.loads(texts)
    opens, closes_safe, closes_outer, decision_due = (
        None if day is None else date.fromisoformat(day) for day in days
    )
    return Terms(
        name=Bilingual(*kept["name"]),
        opens=opens,
        closes_safe=closes_safe,
        closes_outer=closes_outer,
        decision_due=decision_due,
        quotas=Bilingual(*kept["quotas"]),
        hand_in=Bilingual(*kept["hand_in"]),
        contact=Bilingual(*kept["contact"]),
        conditions=tuple(Bilingual(*one) for one in kept["conditions"]),
        source_link=source_link,
    )


def terms_to_json(terms: Terms) -> str:
    """All of the terms in one text, for the record of changes."""
    days = [None if day is None else day.isoformat() for day in (getattr(terms, name) for name in DAYS)]
    return json.dumps(
        {"texts": json.loads(texts_to_json(terms)), "days": days, "source_link": terms.source_link},
        ensure_ascii=False,
        sort_keys=True,
    )


def terms_from_json(text: str) -> Terms:
    """The terms out of the record of changes."""
    kept = json.loads(text)
    return terms_from(json.dumps(kept["texts"]), tuple(kept["days"]), kept["source_link"])


def _pair(text: Bilingual) -> list[str]:
    return [text.zh, text.en]
