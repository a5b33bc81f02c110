"""The Telegram channel: the same conversations in a Telegram chat, nothing lost and nothing done twice."""

import os

# python-telegram-bot gives spans of time as such only to those who say that they are ready for it, and warns all others.
os.environ.setdefault("PTB_TIMEDELTA", "true")
