"""Real PostgreSQL, S3 servers and anvil for tests, demo and benches, each on a loopback port of its own.

Every component is a context manager that starts a process, waits until it answers, and ends that
process, and only that, at exit. `MissingComponentError` names the command that installs what is
not there.
"""

from components.process import MissingComponentError, Process, free_port

__all__ = ["MissingComponentError", "Process", "free_port"]
