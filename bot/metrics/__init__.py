"""What a running process tells a Prometheus: how much, how long, how late, and nothing of anybody.

Loaded only where metrics are asked for. Counting itself happens wherever things are done (`bot/figures.py`).
"""
