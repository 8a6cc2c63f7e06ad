"""The OpenWrt packages without OpenWrt's SDK: `.apk` for 25.12 and later, `.ipk` for 24.10."""
