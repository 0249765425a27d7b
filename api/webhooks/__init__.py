"""Warnings reach people: subscriptions, the log followed for them, and what is sent (预警推送)."""
