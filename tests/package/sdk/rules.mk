# In the place of OpenWrt's rules.mk: only what our Makefile uses.
INCLUDE_DIR:=$(TOPDIR)
CP:=cp -fpR
INSTALL_DIR:=install -d -m0755
INSTALL_BIN:=install -m0755
INSTALL_DATA:=install -m0644
INSTALL_CONF:=install -m0600
STAGING_DIR_HOSTPKG:=$(OUT)/staging
PKG_BUILD_DIR:=$(OUT)/build
CONFIG_PACKAGE_portvagt:=y
