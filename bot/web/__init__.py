"""The web chat: one page, POST for what a person says, server-sent events for what they are shown."""
