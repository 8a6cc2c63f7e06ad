"""Filters for the pages, at hand in each of them."""
