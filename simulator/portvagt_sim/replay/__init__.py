"""Recorded mail traffic through the judge: file formats in, a verdict a host out."""
