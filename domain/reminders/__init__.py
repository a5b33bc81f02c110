"""Reminders: what an organisation should hear of in time, planned from rounds, facts and subscriptions. Pure."""
