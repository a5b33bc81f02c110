"""The texts of an announcement as JSON, for keeping."""

from __future__ import annotations

import json

from domain.announcements.model import Texts
from domain.rounds import Bilingual


def texts_to_json(texts: Texts) -> str:
    """Title and text by language."""
    return json.dumps(
        {"title": [texts.title.zh, texts.title.en], "text": [texts.text.zh, texts.text.en]},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def texts_from_json(kept: str) -> Texts:
    """What `texts_to_json` kept."""
    plain = json.loads(kept)
    return Texts(Bilingual(*plain["title"]), Bilingual(*plain["text"]))
