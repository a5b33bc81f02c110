"""Whole self-checks against Bot APIs and clients that others wrote: what we believe about Telegram is not ours alone."""
