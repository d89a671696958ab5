"""The pieces that architectures share: feed-forward networks, experts, attention, states."""
