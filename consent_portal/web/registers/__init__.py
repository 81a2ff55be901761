"""The registers of a site: recipients."""
