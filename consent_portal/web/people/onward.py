"""Where somebody is led to after signing in: the page that was wanted, where it is one of ours."""


def own_page(wanted: str | None) -> str:
    """Return the page of ours that was wanted; empty for none, and for what a browser could take for another site."""
    is_ours = wanted and wanted.startswith("/") and wanted[1:2] != "/" and "\\" not in wanted and wanted.isprintable()
    return wanted if wanted and is_ours else ""
