"""Networks for other programs: ONNX, C, Python, matrices."""
