"""Talks with people: the frame, one short script per page, and what they share in `pages.ui`."""
