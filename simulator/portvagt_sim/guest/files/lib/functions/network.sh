# A stand-in for OpenWrt's network.sh, which asks netifd.
# shellcheck shell=dash
# name of a variable, network
network_get_device() {
	case "$2" in
	lan) eval "$1=br-lan" ;;
	wan | wan6) eval "$1=wan" ;;
	*) return 1 ;;
	esac
}
