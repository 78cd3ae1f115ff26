"""A network as a picture: its blocks with their share of the cost, and the tensors between them."""
