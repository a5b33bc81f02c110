"""``python -m bot``: the command ``zhuoyue``."""

from bot.command_line import main

main()
