"""Whether Chinese can be seen here. The product itself draws no text: pages are drawn by the browser of whoever reads them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

from bot.doctor.findings import Finding, Patient, fine, left_out, look

_SAMPLE: Final = "卓越助手"
_SECONDS: Final = 8.0


def chinese(patient: Patient) -> Finding:
    """Somebody who opens or prints the web chat on this computer sees Chinese."""
    words = patient.words
    if sys.platform in {"darwin", "win32"}:
        return fine(words.say("this system brings Chinese fonts along"))
    found = _families()
    if found:
        return fine(
            words.say("%(font)s; only for reading and printing pages on this computer", font=found[0])
        )
    if not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return fine(
            words.say(
                "none here, and none is needed: pages are drawn on the computers of those who read them"
            )
        )
    if found is None:
        return left_out(words.say("`fc-list` is not there to be asked"))
    return look(
        words.say("none: a browser on this computer shows and prints boxes instead of Chinese"),
        words.say("install a Chinese font, for instance `apt-get install fonts-noto-cjk`"),
    )


def _families() -> tuple[str, ...] | None:
    """The fonts with Chinese that fontconfig knows; None where it is not there."""
    command = shutil.which("fc-list")
    if command is None:
        return None
    try:
        asked = subprocess.run(  # noqa: S603 - nothing of anybody's goes into it
            [command, ":lang=zh", "family"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return tuple(sorted({line.split(",")[0].strip() for line in asked.stdout.splitlines() if line.strip()}))


def terminal(patient: Patient) -> Finding:
    """Chinese can be written to the terminal."""
    words = patient.words
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        _SAMPLE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return look(
            words.say(
                "what is written here is encoded as %(encoding)s, which has no Chinese", encoding=encoding
            ),
            words.say("set LANG to a language with UTF-8, for instance `export LANG=zh_CN.UTF-8`"),
        )
    return fine(words.say("what is written here is encoded as %(encoding)s", encoding=encoding))
