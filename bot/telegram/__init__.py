"""The Telegram channel: the same conversations in a Telegram chat, nothing lost and nothing done twice."""
