"""What lies beyond the ISP: mail exchangers, web sites, names."""
