"""From a decision to a profile, a code or a label."""
