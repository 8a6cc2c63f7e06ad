'use strict';
'require view';
'require dom';
'require poll';
'require rpc';
'require ui';
'require portvagt.words as words';

const POLL_SECONDS = 10;
const ROLES = [ 'guard', 'portal', 'reporter' ];

// first what somebody may want to do something about
const ORDER = [ 'garden', 'stopped', 'observed', 'suspected', 'exempt', 'released' ];

const DURATIONS = [
	[ 3600, _('1 hour') ],
	[ 86400, _('1 day') ],
	[ 7 * 86400, _('1 week') ],
	[ 30 * 86400, _('30 days') ],
	[ 365 * 86400, _('1 year') ]
];
const USUAL_DURATION = 30 * 86400;

function declare(object, method, ...params) {
	const call = rpc.declare({ object, method, params, reject: true });

	return (...given) => call(...given).catch((problem) => ({ error: problem.message }));
}

const callStatus = declare('portvagt', 'status');
const callExplain = declare('portvagt', 'explain', 'device');
const callEvents = declare('portvagt', 'events');
const callRelease = declare('portvagt', 'release', 'device');
const callExempt = declare('portvagt', 'exempt', 'device', 'seconds');
const callServices = declare('service', 'list', 'name');
const callHealth = declare('luci.portvagt', 'health');

// a table that narrow screens show as a list: each cell says by data-title what it is, the first `wide` fill a line there
function table(id, caption, titles, rows, wide) {
	return E('table', { 'id': id, 'class': 'table', 'aria-label': caption }, [
		E('tr', { 'class': 'tr table-titles' }, titles.map((title, at) =>
			E('th', { 'class': 'th', 'scope': 'col', 'style': at ? null : 'width:22%' }, [ title ]))),
		...rows.map((cells) => E('tr', { 'class': 'tr' }, cells.map((cell, at) =>
			E('td', {
				'class': 'td', 'data-title': titles[at],
				'style': at < wide ? 'vertical-align:top;flex:1 1 100%;max-width:100%' : 'vertical-align:top'
			}, cell))))
	]);
}

// in the place of what was there, but only where it differs: a reader's place, selection and focus stay
function show(place, content) {
	const next = place.cloneNode(false);

	dom.append(next, content);
	next.querySelectorAll('details').forEach((each, at) => { each.open = place.querySelectorAll('details')[at]?.open ?? false; });
	if (next.innerHTML == place.innerHTML)
		return;
	const focused = place.contains(document.activeElement) ? document.activeElement.id : '';
	dom.content(place, content);
	if (focused)
		document.getElementById(focused)?.focus();
}

return view.extend({
	handleSave: null,
	handleSaveApply: null,
	handleReset: null,

	load: function() {
		return this.ask();
	},

	ask: function() {
		return Promise.all([ callStatus(), callEvents(), callServices('portvagt'), callHealth() ]).then((answers) => {
			const [ status, events, services, health ] = answers;
			const rows = (status.devices ?? []).filter((row) => row.state != 'clear')
				.sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));

			return Promise.all(rows.map((row) => callExplain(row.device))).then((devices) => ({
				status, health,
				devices: devices.map((device, at) => device.error ? rows[at] : device),
				clear: (status.devices ?? []).filter((row) => row.state == 'clear'),
				events: events.events ?? [],
				instances: services.portvagt?.instances ?? {}
			}));
		});
	},

	render: function(news) {
		this.places = {};
		for (const name of [ 'problems', 'stops', 'summary', 'devices', 'clear', 'events', 'health' ])
			this.places[name] = E('div', { 'id': 'portvagt-' + name });
		// read out when it changes; what changes with every second is beside it
		this.places.stops.setAttribute('role', 'status');
		this.update(news);
		poll.add(() => this.refresh(), POLL_SECONDS);
		return E([], [
			E('h2', { 'name': 'content' }, [ _('Portvagt') ]),
			E('div', { 'class': 'cbi-map-descr' }, [ _('Devices in the home that send mail, which of them are stopped, and why.') ]),
			this.places.problems,
			this.section(_('Devices'), this.places.stops, this.places.summary, this.places.devices, this.places.clear),
			this.section(_('Last events'), this.places.events),
			this.section(_('Health'), this.places.health)
		]);
	},

	section: function(title, ...content) {
		return E('div', { 'class': 'cbi-section' }, [ E('h3', {}, [ title ]), ...content ]);
	},

	refresh: function() {
		return this.ask().then((news) => this.update(news));
	},

	update: function(news) {
		const running = !news.status.error;

		show(this.places.problems, words.problems(news.status).map((each) => this.problem(...each)));
		show(this.places.stops, running ? [ E('p', {}, [ words.stops(news.status) ]) ] : []);
		show(this.places.summary, running ? [ E('p', {}, [ words.summary(news.status) ]) ] : []);
		show(this.places.devices, running ? this.devices(news.devices) : [ this.remark(_('Not known at the moment.')) ]);
		show(this.places.clear, this.clear(news.clear));
		show(this.places.events, running ? this.events(news) : [ this.remark(_('Not known at the moment.')) ]);
		show(this.places.health, this.health(news));
	},

	problem: function(title, sentence) {
		return E('div', { 'class': 'alert-message warning' }, [ E('h4', {}, [ title ]), E('p', {}, [ sentence ]) ]);
	},

	remark: function(sentence) {
		return E('p', {}, [ E('em', {}, [ sentence ]) ]);
	},

	// devices

	devices: function(devices) {
		if (!devices.length)
			return [ this.remark(_('No device has been stopped.')) ];
		const titles = [ _('Device'), _('State and reason'), _('Since'), _('Held back') ];

		if (this.mayChange())
			titles.push(_('Actions'));
		return [ table('portvagt-stopped', _('Devices that are stopped or watched'), titles, devices.map((each) => this.device(each)), 2) ];
	},

	device: function(device) {
		const kase = device.case;
		const refused = device.state == 'stopped' || device.state == 'garden';
		const cells = [
			this.identity(device),
			[ E('strong', {}, [ words.state(device) ]), ...words.reasons(device).map((sentence) => E('div', {}, [ sentence ])) ],
			kase ? this.since(kase) : [ '–' ],
			[ refused ? N_(device.attempts_since, '%d attempt', '%d attempts').format(device.attempts_since) : '–' ]
		];

		return this.mayChange() ? [ ...cells, this.buttons(device) ] : cells;
	},

	identity: function(device) {
		const lines = device.device == '00:00:00:00:00:00' ? [] : [ device.device, ...device.addresses ];

		return [
			E('strong', {}, [ words.called(device) ]),
			...lines.filter((line) => line != words.called(device)).map((line) => E('div', { 'style': 'overflow-wrap:anywhere' }, [ line ]))
		];
	},

	since: function(kase) {
		const ago = words.ago(kase.stopped_seconds_ago);

		return kase.stopped_at == null ? [ ago ]
			: [ ago, E('div', {}, [ words.moment(new Date(kase.stopped_at * 1000)) ]) ];
	},

	clear: function(devices) {
		if (!devices.length)
			return [];
		return [ E('details', { 'style': 'margin-top:1em' }, [
			E('summary', {}, [ N_(devices.length, '%d device sends mail as usual', '%d devices send mail as usual').format(devices.length) ]),
			table('portvagt-usual', _('Devices that send mail as usual'), [ _('Device'), ...(this.mayChange() ? [ _('Actions') ] : []) ],
				devices.map((device) => [ this.identity(device), ...(this.mayChange() ? [ this.buttons(device) ] : []) ]), 1)
		]) ];
	},

	mayChange: function() {
		return L.hasViewPermission();
	},

	buttons: function(device) {
		const found = [];

		if (device.state == 'exempt')
			found.push(this.button(device, 'release', _('End exemption'), () => this.askEnd(device)));
		else if ([ 'stopped', 'garden', 'observed' ].includes(device.state))
			found.push(this.button(device, 'release', _('Release'), () => this.askRelease(device)));
		if (device.state != 'exempt')
			found.push(this.button(device, 'exempt', _('Exempt…'), () => this.askExempt(device)));
		return found.flatMap((button) => [ button, ' ' ]);
	},

	button: function(device, action, label, click) {
		return E('button', {
			'id': 'portvagt-%s-%s'.format(action, device.device),
			'class': 'btn cbi-button cbi-button-action',
			'type': 'button',
			'aria-label': '%s: %s'.format(label, words.called(device)),
			'click': click
		}, [ label ]);
	},

	// what is asked before something is done

	askRelease: function(device) {
		this.confirm(device, 'release', _('Release %s?').format(words.called(device)), [
			E('p', {}, [ _('It may send mail again at once. If it is still infected, it is stopped again, for longer.') ])
		], _('Release'), () => callRelease(device.device));
	},

	askEnd: function(device) {
		this.confirm(device, 'release', _('End the exemption of %s?').format(words.called(device)), [
			E('p', {}, [ _('Limits hold for it again, and it is stopped when it behaves like a spam zombie.') ])
		], _('End exemption'), () => callRelease(device.device));
	},

	askExempt: function(device) {
		const choice = E('select', { 'id': 'portvagt-duration', 'class': 'cbi-input-select' }, DURATIONS.map((each) =>
			E('option', { 'value': each[0], 'selected': each[0] == USUAL_DURATION ? '' : null }, [ each[1] ])));

		this.confirm(device, 'exempt', _('Exempt %s?').format(words.called(device)), [
			E('p', {}, [ _('No limit and no stop holds for it in that time, whatever it sends. This is for a device that you know, such as a mail server of your own.') ]),
			E('p', {}, [ E('label', { 'for': 'portvagt-duration' }, [ _('For how long:') ]), ' ', choice ])
		], _('Exempt now'), () => callExempt(device.device, +choice.value));
	},

	confirm: function(device, action, title, content, label, call) {
		const back = 'portvagt-%s-%s'.format(action, device.device);
		const close = () => {
			ui.hideModal();
			document.getElementById(back)?.focus();
		};
		const cancel = E('button', { 'class': 'btn cbi-button', 'type': 'button', 'click': close }, [ _('Cancel') ]);
		const agree = E('button', {
			'class': 'btn cbi-button cbi-button-positive important', 'type': 'button',
			'click': ui.createHandlerFn(this, () => call().then((answer) => this.done(answer, close)))
		}, [ label ]);
		// in a list, because LuCI takes a text alone for HTML, and names are what devices call themselves
		const dialog = ui.showModal([ title ], [ ...content, E('div', { 'class': 'right' }, [ cancel, ' ', agree ]) ]);

		dialog.setAttribute('aria-label', title);
		cancel.focus();
	},

	done: function(answer, close) {
		return this.refresh().then(() => {
			close();
			if (answer.error)
				this.tell(words.answer(answer.error));
		});
	},

	tell: function(sentence) {
		this.told?.remove();
		this.told = ui.addNotification(null, E('p', { 'role': 'status' }, [ sentence ]), 'info');
	},

	// events and health

	events: function(news) {
		const said = [ E('p', {}, [ _('What the router told the provider, or would tell if reporting were switched on. No device, person or mail server is named in it; the names here are the router’s own.') ]) ];

		if (!news.events.length)
			return [ ...said, this.remark(_('Nothing has happened since Portvagt started.')) ];
		return [ ...said, table('portvagt-last', _('Last events'), [ _('Time'), _('Event'), _('Device') ],
			news.events.slice().reverse().map((event) => this.event(event, news)), 0) ];
	},

	event: function(event, news) {
		const device = news.devices.find((each) => each.case && each.case.incident == event.data.incident);

		return [
			[ event.time ? words.moment(new Date(event.time)) : _('before the clock was set') ],
			[ words.action(event.data.action) ],
			[ device ? words.called(device) : _('pseudonym %s').format(event.data.device.slice(0, 8)) ]
		];
	},

	health: function(news) {
		const reporting = news.status.error ? [] : [ words.reporting(news.status) ];

		if (news.status.reporting && news.health.unsent != null)
			reporting.push(words.unsent(news.health.unsent));
		return [
			table('portvagt-processes', _('Processes'), [ _('Process'), _('State'), _('Running for'), _('Memory'), _('Process ID') ],
				ROLES.map((role) => this.process(role, news)), 1),
			E('p', {}, [ reporting.join(' ') ]),
			E('p', {}, [ news.status.error ? '' : words.version(news.status) ])
		];
	},

	process: function(role, news) {
		const instance = news.instances[role];
		const known = news.health.processes?.[role];
		const off = role == 'reporter' && !instance && !news.status.error && !news.status.reporting;
		const running = instance?.running;

		return [
			[ words.role(role) ],
			[ running ? _('runs') : off ? _('switched off') : _('does not run') ],
			[ running && known?.seconds != null ? words.duration(known.seconds) : '–' ],
			[ running && known?.rss_kb != null ? words.memory(known.rss_kb) : '–' ],
			[ running ? '%d'.format(known?.pid ?? instance.pid) : '–' ]
		];
	}
});
