"""Asks for exports from the command line, through Orthanc's routes, as any client does."""
