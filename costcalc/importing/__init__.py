"""Modules of PyTorch and ONNX files as specs: a record, what it costs in the language's words, and the text of it.

Nothing is imported here: what reads a file needs no torch, and what writes one neither.
"""
