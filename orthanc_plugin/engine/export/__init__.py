"""An export from decision to hand-over: `order.py` alone knows the order of the steps."""
