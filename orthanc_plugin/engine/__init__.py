"""The durable export jobs: decide, de-identify, verify, package, record, hand over.

``python -m orthanc_plugin.engine`` runs it. Only :mod:`orthanc_plugin.engine.export` knows the order of the steps.
"""
