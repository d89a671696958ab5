"""Where a model's memory is and what it holds: the memories of a machine, the parts of a run.

Nothing here knows an engine.
"""
