"""The edges: channels, command line, settings, and the one place that puts everything together."""
