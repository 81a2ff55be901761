"""From a page's words to a tagged PDF."""

from notices.pdf.make import pdf

__all__ = ["pdf"]
