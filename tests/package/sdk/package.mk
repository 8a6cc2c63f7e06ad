# In the place of OpenWrt's include/package.mk: builds each package's root below $(OUT)/root, and writes what the
# Makefile says of it below $(OUT)/said.
FIELDS:=SECTION CATEGORY TITLE URL PKGARCH USERID DEPENDS PROVIDES CONFLICTS
BODIES:=description conffiles postinst prerm postrm
empty:=

define say
$(shell mkdir -p $(OUT)/said/$(1))$(file >$(OUT)/said/$(1)/$(2),$(3))
endef

define BuildPackage
  $(foreach field,$(FIELDS),$(eval $(field):=))
  $(eval $(Package/$(1)))
  $(foreach field,$(FIELDS),$(call say,$(1),$(field),$(strip $($(field)))))
  $(foreach body,$(BODIES),$(call say,$(1),$(body),$(Package/$(1)/$(body))))
  $(call say,$(1),version,$(PKG_VERSION)-r$(PKG_RELEASE))
  all: root-$(1)
  root-$(1): compiled
	$(call Package/$(1)/install,$(OUT)/root/$(1))
endef

all:

compiled:
	$(Build/Prepare)
	$(Build/Compile)
