"""The doctor: looks the product over as it is set up here, and says what to do.

Each check is a function that gets a :class:`~bot.doctor.findings.Patient` and gives one
:class:`~bot.doctor.findings.Finding`; :mod:`bot.doctor.examination` runs them, each under a time of its own.
"""
