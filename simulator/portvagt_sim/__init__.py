"""The world around a Portvagt router, of real parts, in network namespaces of its own."""
