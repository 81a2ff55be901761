"""`aoa deidentify`: folders through de-identification and verification, a reason for each file that did not pass."""
