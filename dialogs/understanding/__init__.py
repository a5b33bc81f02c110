"""What a person typed, turned into a value.

One file a kind of value. Everything is pure and quick, depends on no language of the screen and
raises nothing, whatever is typed: the answer is a result of :mod:`dialogs.understanding.result`.
Where a text can be read in two ways, or only as a value nobody meant, it is not read at all.
"""
