"""A small project of sources and catalogues to extract from and check."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales import check, extract

PYTHON = """
from locales.words import mark

TITLE = mark("Menu")

def greet(words, name):
    words.say("Hello, %(name)s", name=name)
    words.count("%(n)s day left", "%(n)s days left", 3)
    "abc".count("a")
"""

YAML = """
id: sample-programme
name: 样例项目
number: 样市监〔2020〕1号
criteria:
  - id: SP-E01
    clause: 第一条
    name: 已注册满 2 年
    test: {term: 不译}
  - id: SP-E02
    clause: 第一条
    name: GB/T 19580
"""

FACTS = """
- id: registered_on
  question: 哪一天注册的？
  options: [是, 否]
"""


class Project:
    """A project folder with helpers that read like what a developer does to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.zh = root / "locales/zh_CN/dialogs.po"
        self.en = root / "locales/en/policy/sample-programme.po"

    def put(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def extract(self, *arguments: str) -> int:
        return extract.main([*arguments, "--root", str(self.root)])

    def problems(self) -> list[str]:
        return list(check.problems(self.root))

    def translate(self, path: Path, texts: dict[str, str]) -> None:
        """Fill in translations: what follows each message id."""
        lines = path.read_text(encoding="utf-8").split("\n")
        for index, line in enumerate(lines):
            for source, translation in texts.items():
                if line == f'msgid "{source}"':
                    after = index + 1
                    while not lines[after].startswith("msgstr"):
                        after += 1
                    keyword = lines[after].split()[0]
                    lines[after] = f'{keyword} "{translation}"'
        path.write_text("\n".join(lines), encoding="utf-8")

    def translate_all(self) -> None:
        self.extract()
        self.translate(
            self.zh, {"Menu": "菜单", "Hello, %(name)s": "您好，%(name)s", "%(n)s day left": "还有 %(n)s 天"}
        )
        self.translate(
            self.en,
            {
                "样例项目": "Sample programme (样例项目)",
                "第一条": "Article 1",
                "已注册满 2 年": "Registered for at least 2 years",
            },
        )
        self.translate(
            self.root / "locales/en/policy/facts.po",
            {"哪一天注册的？": "On what day was it registered?", "是": "Yes", "否": "No"},
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.put("dialogs/greeting.py", PYTHON)
    made.put("domain/programmes/sample-programme/programme.yaml", YAML)
    made.put("domain/facts/vocabulary/base.yaml", FACTS)
    return made
