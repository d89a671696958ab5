"""Plans of a model on a machine, and what follows from planning it again."""
