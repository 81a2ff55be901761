"""`aoa up`: Orthanc with the gate, the engine and the portal under one supervisor."""
