"""The ages at which more of the law asks the patient (GMC 34-35; hazard H9)."""

MATURITY = 16
"""From here a young person who can decide does so."""
ADULT = 18
"""From here nobody decides as a parent."""
