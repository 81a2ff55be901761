"""Asking on the spot: the patient reads, answers and signs on a tablet, in their own language (R41)."""
