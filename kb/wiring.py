"""The parts, chosen: the only place that knows which real part stands behind a port."""
