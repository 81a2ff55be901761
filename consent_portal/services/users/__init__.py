"""People who sign in: what an administrator does to their accounts, and what the gate asks about them (ADR 0120)."""
