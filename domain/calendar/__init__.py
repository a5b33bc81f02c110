"""Days: periods of months and years, working days, and "near three years"."""
