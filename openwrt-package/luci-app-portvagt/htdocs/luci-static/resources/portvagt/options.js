'use strict';
'require baseclass';

// Written by ./dev package --write from the agent's table of options, agent/portvagt/config.py.
return baseclass.extend({
	sections: [
		{
			name: 'main',
			title: _('General'),
			options: [
				{
					name: 'enabled',
					widget: 'Flag',
					title: _('Switched on'),
					help: _('Start the agent'),
					standard: '1',
					written: true
				},
				{
					name: 'policy',
					widget: 'ListValue',
					title: _('Policy'),
					help: _('Observe: only report; stop: a zombie\'s mail is stopped; closed: and port 25 leads to the relays only'),
					standard: 'stop',
					written: true,
					choices: [ [ 'observe', _('observe: only report') ], [ 'stop', _('stop: stop its mail') ], [ 'closed', _('closed: port 25 as well') ] ]
				},
				{
					name: 'lan',
					widget: 'DynamicList',
					title: _('Interfaces of the home'),
					help: _('Interfaces of the home\'s network'),
					standard: [ 'br-lan' ],
					written: true,
					datatype: 'string',
					pattern: '^[A-Za-z0-9.@_\\-]{1,15}$',
					expects: _('Must be a network interface\'s name')
				},
				{
					name: 'never_garden',
					widget: 'DynamicList',
					title: _('Never in the garden'),
					help: _('MAC addresses that no garden shuts in, such as a telephone adapter\'s'),
					standard: [],
					datatype: 'macaddr',
					pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$',
					expects: _('Must be a MAC address such as 02:00:5e:00:00:01')
				},
				{
					name: 'run_dir',
					widget: 'Value',
					title: _('Directory for sockets'),
					help: _('Sockets and other things that a reboot may forget'),
					standard: '/var/run/portvagt',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'state_dir',
					widget: 'Value',
					title: _('Directory on flash'),
					help: _('Cases, unsent events and the pseudonym key, kept on flash'),
					standard: '/etc/portvagt',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'leases',
					widget: 'Value',
					title: _('File of leases'),
					help: _('Dnsmasq\'s lease file, for the names of devices'),
					standard: '/tmp/dhcp.leases',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				}
			]
		},
		{
			name: 'judge',
			title: _('Judging'),
			options: [
				{
					name: 'false_alarm_years',
					widget: 'Value',
					title: _('Years between false alarms'),
					help: _('Wanted mean time between false alarms, years'),
					standard: '10',
					datatype: 'and(uinteger,range(1,1000))'
				},
				{
					name: 'slowest_zombie_minutes',
					widget: 'Value',
					title: _('Slowest zombie, minutes'),
					help: _('A zombie that mails to a new network this often is still stopped'),
					standard: '30',
					datatype: 'and(uinteger,range(1,120))'
				},
				{
					name: 'quiet_hours',
					widget: 'Value',
					title: _('Quiet until released, hours'),
					help: _('Hours without an attempt until a stopped device is released; then 3 and 7 times it'),
					standard: '24',
					datatype: 'and(uinteger,range(1,720))'
				},
				{
					name: 'release_quiet_minutes',
					widget: 'Value',
					title: _('Quiet before a release by hand, minutes'),
					help: _('Minutes without an attempt before a device can be released by hand'),
					standard: '60',
					datatype: 'and(uinteger,range(0,1440))'
				},
				{
					name: 'garden_after_hours',
					widget: 'Value',
					title: _('Until the garden, hours'),
					help: _('Hours that a stopped device may go on trying before the garden; 0: no limit'),
					standard: '0',
					datatype: 'and(uinteger,range(0,720))'
				},
				{
					name: 'probation_days',
					widget: 'Value',
					title: _('Probation, days'),
					help: _('Days after a release in which a verdict brings a longer hold'),
					standard: '30',
					datatype: 'and(uinteger,range(1,366))'
				},
				{
					name: 'outbound_hours',
					widget: 'Value',
					title: _('Memory for abuse reports, hours'),
					help: _('Hours that mail connections are kept in memory for `trace`'),
					standard: '24',
					datatype: 'and(uinteger,range(0,168))'
				}
			]
		},
		{
			name: 'block',
			title: _('Limits'),
			options: [
				{
					name: 'smtp_per_hour',
					widget: 'Value',
					title: _('Port 25, an hour'),
					help: _('New port 25 connections a device may open an hour'),
					standard: '20',
					datatype: 'and(uinteger,range(1,100000))'
				},
				{
					name: 'smtp_burst',
					widget: 'Value',
					title: _('Port 25, at once'),
					help: _('Of these, how many at once'),
					standard: '10',
					datatype: 'and(uinteger,range(1,10000))'
				},
				{
					name: 'submission_per_hour',
					widget: 'Value',
					title: _('Ports 465 and 587, an hour'),
					help: _('The same for ports 465 and 587'),
					standard: '120',
					datatype: 'and(uinteger,range(1,100000))'
				},
				{
					name: 'submission_burst',
					widget: 'Value',
					title: _('Ports 465 and 587, at once'),
					help: _('Of these, how many at once'),
					standard: '60',
					datatype: 'and(uinteger,range(1,10000))'
				},
				{
					name: 'relay_per_hour',
					widget: 'Value',
					title: _('Provider’s relays, an hour'),
					help: _('The same for the ISP\'s relays, on all three ports'),
					standard: '240',
					datatype: 'and(uinteger,range(1,100000))'
				},
				{
					name: 'relay_burst',
					widget: 'Value',
					title: _('Provider’s relays, at once'),
					help: _('Of these, how many at once'),
					standard: '60',
					datatype: 'and(uinteger,range(1,10000))'
				},
				{
					name: 'relay',
					widget: 'DynamicList',
					title: _('Provider’s relays'),
					help: _('The ISP\'s mail relays: a stopped device may still use them'),
					standard: [],
					datatype: 'ipaddr("nomask")',
					pattern: '^(?!.*(^|\\.)0[0-9])[0-9A-Fa-f.:]+$',
					expects: _('Must be an IPv4 or IPv6 address')
				}
			]
		},
		{
			name: 'warn',
			title: _('Page for the family'),
			options: [
				{
					name: 'port',
					widget: 'Value',
					title: _('Port of the page'),
					help: _('TCP port of the page, in the home\'s network only'),
					standard: '8025',
					datatype: 'and(uinteger,range(1024,65535))'
				},
				{
					name: 'tls_port',
					widget: 'Value',
					title: _('Port for TLS'),
					help: _('TCP port where TLS of the garden gets an alert, likewise'),
					standard: '8026',
					datatype: 'and(uinteger,range(1024,65535))'
				},
				{
					name: 'api_host',
					widget: 'Value',
					title: _('Name for the API'),
					help: _('This router\'s name for the captive-portal API, for which you have a certificate; empty: no API'),
					standard: '',
					datatype: 'hostname',
					pattern: '^(?=.{1,200}$)(?!.*\\.[0-9]+$)[A-Za-z0-9_\\-]+(\\.[A-Za-z0-9_\\-]+)+$',
					expects: _('Must be a name such as portal.example.net')
				},
				{
					name: 'api_port',
					widget: 'Value',
					title: _('Port of the API'),
					help: _('TCP port of that API, and of the page over HTTPS, likewise'),
					standard: '8027',
					datatype: 'and(uinteger,range(1024,65535))'
				},
				{
					name: 'api_certificate',
					widget: 'Value',
					title: _('Certificate of the API'),
					help: _('Its certificate and chain, as PEM'),
					standard: '',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'api_key',
					widget: 'Value',
					title: _('Key of the API'),
					help: _('And its private key'),
					standard: '',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'level',
					widget: 'ListValue',
					title: _('Way of telling'),
					help: _('How a stopped device is told, until somebody has read the page'),
					standard: 'gate',
					choices: [ [ 'gate', _('gate: page before the web') ], [ 'gentle', _('gentle: a notice only') ] ]
				},
				{
					name: 'isp_name',
					widget: 'Value',
					title: _('Provider’s name'),
					help: _('How subscribers know you'),
					standard: '',
					datatype: 'string',
					pattern: '^[^\\u0000-\\u001f]{0,60}$',
					expects: _('Must be at most 60 characters on one line')
				},
				{
					name: 'isp_phone',
					widget: 'Value',
					title: _('Provider’s telephone'),
					help: _('Your support\'s number, as printed on the bill'),
					standard: '',
					datatype: 'string',
					pattern: '^[^\\u0000-\\u001f]{0,30}$',
					expects: _('Must be at most 30 characters on one line')
				},
				{
					name: 'isp_logo',
					widget: 'Value',
					title: _('Provider’s logo'),
					help: _('A PNG or SVG file of 6 KB at most, shown for the name'),
					standard: '',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'colour',
					widget: 'Value',
					title: _('Colour'),
					help: _('Of links and buttons, as #rrggbb; it must have a contrast of 4.5 to 1 with the page'),
					standard: '',
					datatype: 'string',
					pattern: '^#[0-9A-Fa-f]{6}$',
					expects: _('Must be a colour such as #0b5a4d'),
					contrast_with: '#f1f4f3',
					contrast: 4.5
				},
				{
					name: 'help_site',
					widget: 'DynamicList',
					title: _('Help sites'),
					help: _('Names, with all below them, that the garden leaves open'),
					standard: [ 'windowsupdate.com', 'update.microsoft.com', 'definitionupdates.microsoft.com', 'go.microsoft.com', 'support.microsoft.com', 'support.apple.com', 'swscan.apple.com', 'swcdn.apple.com', 'support.google.com' ],
					datatype: 'string',
					pattern: '^[A-Za-z0-9.:_\\-]{1,253}$',
					expects: _('Must be a host name or an address')
				},
				{
					name: 'language',
					widget: 'ListValue',
					title: _('Language'),
					help: _('For browsers that ask for none of our languages'),
					standard: 'da',
					choices: [ [ 'da', 'Dansk' ], [ 'en', 'English' ], [ 'de', 'Deutsch' ], [ 'sv', 'Svenska' ], [ 'nb', 'Norsk' ], [ 'fi', 'Suomi' ], [ 'pl', 'Polski' ], [ 'tr', 'Türkçe' ], [ 'ar', 'العربية' ], [ 'uk', 'Українська' ], [ 'fr', 'Français' ], [ 'es', 'Español' ] ]
				}
			]
		},
		{
			name: 'report',
			title: _('Reporting'),
			options: [
				{
					name: 'enabled',
					widget: 'Flag',
					title: _('Report to the provider'),
					help: _('Report to the ISP by MQTT'),
					standard: '0',
					written: true
				},
				{
					name: 'cpe_id',
					widget: 'Value',
					title: _('Name of this router'),
					help: _('This router\'s name at the ISP'),
					standard: '',
					datatype: 'string',
					pattern: '^[A-Za-z0-9._\\-]{1,64}$',
					expects: _('Must be letters, digits and . _ -')
				},
				{
					name: 'broker',
					widget: 'Value',
					title: _('Broker'),
					help: _('The MQTT broker\'s name; its certificate carries it'),
					standard: '',
					datatype: 'string',
					pattern: '^[A-Za-z0-9.:_\\-]{1,253}$',
					expects: _('Must be a host name or an address')
				},
				{
					name: 'port',
					widget: 'Value',
					title: _('Port of the broker'),
					help: _('The broker\'s TLS port'),
					standard: '8883',
					datatype: 'and(uinteger,range(1,65535))'
				},
				{
					name: 'ca',
					widget: 'Value',
					title: _('Certificate authority'),
					help: _('Certificate authority of the broker'),
					standard: '/etc/portvagt/ca.crt',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'certificate',
					widget: 'Value',
					title: _('Certificate of this router'),
					help: _('This router\'s certificate'),
					standard: '/etc/portvagt/cpe.crt',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'key',
					widget: 'Value',
					title: _('Key of this router'),
					help: _('And its private key'),
					standard: '/etc/portvagt/cpe.key',
					datatype: 'string',
					pattern: '^/[A-Za-z0-9./_\\-]{0,199}$',
					expects: _('Must be an absolute path of letters, digits and . _ - /')
				},
				{
					name: 'pseudonym_days',
					widget: 'Value',
					title: _('Pseudonyms, days'),
					help: _('Days after which a device gets another pseudonym, 0: never'),
					standard: '0',
					datatype: 'and(uinteger,range(0,3650))'
				},
				{
					name: 'heartbeat',
					widget: 'Value',
					title: _('Between state messages, seconds'),
					help: _('Seconds between two state messages'),
					standard: '900',
					datatype: 'and(uinteger,range(60,86400))'
				},
				{
					name: 'receipts',
					widget: 'Flag',
					title: _('Wait for receipts'),
					help: _('An event is delivered only when the ISP\'s collector says that it has it'),
					standard: '0'
				}
			]
		}
	]
});
