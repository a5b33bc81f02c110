"""The conversation engine: screens, states, and the fold that finds where a conversation stands."""
