"""Pixels: which kinds of image may show an identity, and so must be seen by a person first."""
