"""What the site answers for: the policy, the ledger and the health of the parts."""
