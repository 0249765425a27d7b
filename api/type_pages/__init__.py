"""The pages about record types, `docs/types.md` and its Chinese twin, written from the catalogue."""
