"""The audit: everything that must always hold, derived again from the log's own bytes.

Pure: the caller reads entries, tiles, rows and blobs, and hands them in; what does not hold comes
back as `Finding`s. The numbers of the points are those of the design's list (`findings.POINTS`).
"""
