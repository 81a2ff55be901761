"""Recording consent, amending and taking it back, and an event of the ledger in words."""
