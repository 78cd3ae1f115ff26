"""Many configurations of networks: what is asked for, evaluated block by block, wherever, and where the rows go."""
