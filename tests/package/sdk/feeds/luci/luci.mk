# In the place of LuCI's luci.mk: what it makes of an app's directories, and of the variables that our Makefile sets.
LUCI_NAME:=$(notdir $(CURDIR))
LUCI_LANGUAGES:=$(filter-out templates,$(notdir $(wildcard $(CURDIR)/po/*)))
LUCI_LANG.da:=Dansk (Danish)

include $(INCLUDE_DIR)/package.mk

define Package/$(LUCI_NAME)
  SECTION:=luci
  CATEGORY:=LuCI
  TITLE:=$(LUCI_TITLE)
  DEPENDS:=$(LUCI_DEPENDS)
  PKGARCH:=$(LUCI_PKGARCH)
endef

Package/$(LUCI_NAME)/description = $(LUCI_DESCRIPTION)

define Package/$(LUCI_NAME)/install
	$(INSTALL_DIR) $(1)/www
	$(CP) ./htdocs/* $(1)/www/
	$(CP) ./root/* $(1)/
endef

# 1: language. Its catalogue stays empty here: po2lmo is LuCI's.
define Translation
define Package/luci-i18n-portvagt-$(1)
  SECTION:=luci
  CATEGORY:=LuCI
  TITLE:=$(LUCI_NAME) - $(1) translation
  DEPENDS:=$(LUCI_NAME)
  PKGARCH:=all
endef

Package/luci-i18n-portvagt-$(1)/description = Translation for $(LUCI_NAME) - $(LUCI_LANG.$(1))

define Package/luci-i18n-portvagt-$(1)/install
	$$(INSTALL_DIR) $$(1)/etc/uci-defaults $$(1)/usr/lib/lua/luci/i18n
	echo "uci set luci.languages.$(1)='$(LUCI_LANG.$(1))'; uci commit luci" > $$(1)/etc/uci-defaults/luci-i18n-portvagt-$(1)
	touch $$(1)/usr/lib/lua/luci/i18n/portvagt.$(1).lmo
endef
endef

$(foreach language,$(LUCI_LANGUAGES),$(eval $(call Translation,$(language))))

define Build/Prepare
endef

define Build/Compile
endef

$(foreach name,$(LUCI_NAME) $(LUCI_LANGUAGES:%=luci-i18n-portvagt-%),$(eval $(call BuildPackage,$(name))))
