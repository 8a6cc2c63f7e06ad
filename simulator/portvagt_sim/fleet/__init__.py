"""A fleet: many routers' reporters against a broker and the ISP's real collector, on loopback."""
