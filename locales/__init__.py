"""Every word shown to a person: catalogues, and the reading, extracting and checking of them.

Two kinds of source string live side by side (docs/decisions/0001-source-languages-of-words.md):

* texts of the interface are written in **English** where they are used (``words.say("Back")``); ``zh_CN/<package>.po``
  holds the Chinese;
* texts of the policies are written in **Chinese** in the YAML they belong to; ``en/policy/<programme>.po`` and
  ``en/policy/facts.po`` hold the English.
"""
