"""Who asks: people by the portal's accounts, our own parts by Orthanc's list (docs/decisions/0120)."""
