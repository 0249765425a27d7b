"""LedgerAnchor.sol, its committed artifact and the build script."""
