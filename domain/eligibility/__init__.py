"""Self-checks: a programme, facts and a day give results with reasons. Pure and deterministic."""
