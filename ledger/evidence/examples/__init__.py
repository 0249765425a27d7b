"""An example of every type that posts, and for each of its rules one that is refused."""
