"""A graph as a file that other tools read: a PyTorch module's source, or ONNX."""
