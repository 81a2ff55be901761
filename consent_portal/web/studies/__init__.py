"""One study, one patient's releases, and images for teaching."""
