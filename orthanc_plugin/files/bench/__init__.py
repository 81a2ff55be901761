"""What `aoa bench deid` measures."""
