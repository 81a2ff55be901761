"""The durable export jobs: decide, de-identify, verify, package, record, hand over.

``python -m orthanc_plugin.engine`` runs it. :mod:`orthanc_plugin.engine.export.order` alone knows the order of steps.
"""
