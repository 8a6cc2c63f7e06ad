"""Portvagt: finds the spam zombie in a home, stops its mail in the router, warns the family, tells the ISP."""

__version__ = "0.1.0"
