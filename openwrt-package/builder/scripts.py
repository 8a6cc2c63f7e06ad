"""A package's scripts, between the lines that OpenWrt's build puts around them (include/package-pack.mk)."""

from builder.package import Package

_LIBRARY = """\
[ -s "${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "${IPKG_INSTROOT}/lib/functions.sh"
"""
_ON_INSTALL = '[ "${IPKG_NO_SCRIPT}" = "1" ] && exit 0\n' + _LIBRARY


def of_apk(package: Package) -> dict[str, str]:
    """Whole scripts by apk's names. Users are made by ours, for apk itself knows none."""
    known = f'export root="${{IPKG_INSTROOT}}"\nexport pkgname="{package.name}"\n'
    installed = _ON_INSTALL + known + "add_group_and_user\ndefault_postinst\n" + package.scripts["postinst"]
    return {
        "post-install": "#!/bin/sh\n" + installed,
        "pre-deinstall": "#!/bin/sh\n" + _LIBRARY + known + "default_prerm\n" + package.scripts["prerm"],
        "post-deinstall": "#!/bin/sh\n" + package.scripts["postrm"],
        "post-upgrade": "#!/bin/sh\nexport PKG_UPGRADE=1\n" + installed,
    }


def of_ipk(package: Package) -> dict[str, str]:
    """Whole scripts by opkg's names. default_postinst and default_prerm run what is in the files named -pkg."""
    return {
        "postinst": "#!/bin/sh\n" + _ON_INSTALL + 'default_postinst "$0" "$@"\n',
        "postinst-pkg": "#!/bin/sh\n" + package.scripts["postinst"],
        "prerm": "#!/bin/sh\n" + _LIBRARY + 'default_prerm "$0" "$@"\n',
        "prerm-pkg": "#!/bin/sh\n" + package.scripts["prerm"],
        "postrm": "#!/bin/sh\n" + package.scripts["postrm"],
    }
