"""An ONNX file as a trace. Weights are never read, nothing is run, and no package but ours is needed."""
