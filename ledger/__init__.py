"""The pure core: formats, proofs, evidence, verification. No sockets, files, clock or randomness."""
