"""Runs the engine: ``python -m orthanc_plugin.engine``.

Each of the engine's worker processes loads this file anew before its own work (the way of `multiprocessing` with
spawned processes), so it names the engine and holds nothing: a worker needs no database and no web server.
"""

if __name__ == "__main__":
    from orthanc_plugin.engine.api.serve import main

    main()
