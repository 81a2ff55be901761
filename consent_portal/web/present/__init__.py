"""From what the ledger and the registers hold to what a page shows; nothing here writes."""
