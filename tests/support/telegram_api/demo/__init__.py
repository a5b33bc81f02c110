"""A telephone on a web page: the chat with the bot as somebody sees it who has no token at hand."""
