"""The gate's pages for people: a form, the progress of an export, and refusals that can be understood."""
