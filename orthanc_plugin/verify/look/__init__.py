"""Where what is known is looked for, and what must not be there whoever it names."""
