"""The decision table as data and a pure decide()."""
