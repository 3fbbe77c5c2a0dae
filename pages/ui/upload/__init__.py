"""The phases of an upload, one module each."""
