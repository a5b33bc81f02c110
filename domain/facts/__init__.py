"""The shared vocabulary of facts about an organisation, and how their values are read."""
