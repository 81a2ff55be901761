"""What people type in, checked in words; no form knows the ledger."""
