"""What holds for every test."""

from __future__ import annotations

import os

# The settings of whoever runs the tests (a database of theirs, above all) are none of the tests' business. This happens
# before any test module is imported, so that processes the tests start do not inherit them either.
for _name in [name for name in os.environ if name.startswith("ZHUOYUE_")]:
    del os.environ[_name]
