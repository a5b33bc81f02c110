"""Conversations as state machines: they know the domain and know no channel."""
