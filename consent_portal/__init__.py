"""Records consent in an append-only ledger and answers what may leave."""
