"""What is known of a patient, and how it is searched for."""
