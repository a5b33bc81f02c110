"""The form of a programme: typed, frozen models of ``programme.yaml`` and ``cases.yaml``."""
