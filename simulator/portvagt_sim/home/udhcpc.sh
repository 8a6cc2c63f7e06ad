#!/bin/sh
# What udhcpc does with a lease (its README.udhcpc names the variables). /etc/resolv.conf is this device's own.
# shellcheck disable=SC2154
case "$1" in
deconfig)
	ip -4 address flush dev "$interface"
	;;
bound | renew)
	ip address replace "$ip/$mask" dev "$interface"
	ip route replace default via "${router%% *}"
	echo "captive portal: ${opt114:-}"
	for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
	;;
esac
