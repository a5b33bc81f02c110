"""`zhuoyue` with a dialog that asks for files, as a process of its own: ``python -m tests.support.serving_papers serve``."""

from __future__ import annotations

from bot.command_line import main
from tests.support.papers import dialog_with_files

if __name__ == "__main__":
    with dialog_with_files():
        main()
