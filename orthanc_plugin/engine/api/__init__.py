"""The engine's HTTP interface: it translates for the gate and decides nothing."""
