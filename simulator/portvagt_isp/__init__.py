"""The ISP's side of Portvagt: the collector of what routers report, and what it stores."""
