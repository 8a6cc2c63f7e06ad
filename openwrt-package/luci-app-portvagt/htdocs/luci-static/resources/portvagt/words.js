'use strict';
'require baseclass';

// What a person is told. All of it is made of the guard's answers; nothing here asks for anything.

const UNITS = [
	[ 86400, (count) => N_(count, '%d day', '%d days') ],
	[ 3600, (count) => N_(count, '%d hour', '%d hours') ],
	[ 60, (count) => N_(count, '%d minute', '%d minutes') ],
	[ 1, (count) => N_(count, '%d second', '%d seconds') ]
];

const STATES = {
	clear: _('Sends mail as usual'),
	suspected: _('Watched'),
	observed: _('Noticed, not stopped'),
	stopped: _('Mail stopped'),
	garden: _('Mail stopped, web leads to the page'),
	released: _('Released'),
	exempt: _('Exempt')
};

const MEANINGS = {
	suspected: _('It looks a little like a spam zombie. Nothing is stopped yet.'),
	observed: _('It looks like a spam zombie. The policy is to report only, so nothing is stopped.'),
	stopped: _('Its mail is stopped. The web and everything else go on.'),
	garden: _('Its mail is stopped. Web pages lead to the page that explains it.'),
	released: _('It may send mail again. If the same happens soon, it is stopped for longer.'),
	exempt: _('No limit and no stop for this device.')
};

// what somebody said by a button of the page, which a zombie can press too
const SAID = [
	[ 'requested', _('At its page somebody said that it is clean.') ],
	[ 'mail_server', _('At its page somebody said that it is their own mail server, number %s.') ],
	[ 'not_mine', _('At its page somebody said that it is not theirs, number %s.') ]
];

const ACTIONS = {
	stopped: _('Mail was stopped'),
	observed: _('Looked like a spam zombie; nothing was stopped'),
	confined: _('Web pages were led to the page'),
	requested: _('Somebody said that it is clean'),
	reminded: _('The page was shown again, because the attempts went on'),
	mail_server_claimed: _('Somebody said that it is a mail server of their own'),
	disowned: _('Somebody said that the device is not theirs'),
	let_out: _('Web pages were opened again'),
	released: _('May send mail again'),
	forgotten: _('Was forgotten, because the router can’t remember more devices'),
	exempted: _('Was exempted'),
	exemption_ended: _('The exemption ended')
};

const POLICIES = {
	observe: _('Policy: only report.'),
	stop: _('Policy: a zombie’s mail is stopped.'),
	closed: _('Policy: a zombie’s mail is stopped, and port 25 leads to the provider’s relays only.')
};

const RUNTIMES = { micropython: 'MicroPython', cpython: 'Python' };

const ROLES = {
	guard: _('Guard: watches, and stops mail'),
	portal: _('Portal: shows the family the page'),
	reporter: _('Reporter: tells the provider')
};

// what the guard says in English: a pattern of it, and the sentence that it is shown as
const ANSWERS = [
	[ /^the guard does not run/, _('Portvagt does not run.') ],
	[ /^the guard does not answer/, _('Portvagt does not answer.') ],
	[
		/possible in ([0-9]+) minutes/,
		_('It tried to send mail lately. A release is possible in %s minutes, if it tries nothing until then. A mail server of your own can be exempted instead.')
	],
	[
		/^([0-9]+) devices are exempt already/,
		_('%s devices are exempt already. Release one of them first.')
	],
	[
		/^none of the LAN interfaces exists: (.*)$/,
		_('None of the interfaces of the home exists: %s.')
	],
	[
		/nf_conntrack_events is 0/,
		_('The kernel is told not to tell of connections: set net.netfilter.nf_conntrack_events to 1.')
	],
	[ /no connection tracking/, _('The kernel has no connection tracking.') ],
	[ /^the reporter does not run/, _('The reporter does not run.') ],
	[ /^not connected yet/, _('Not connected to the provider yet.') ],
	[ /^connected to ([^;]*)$/, _('Connected to the provider (%s).') ],
	[ /^connected to ([^;]*); (.*)$/, _('Connected to the provider (%s), but: %s.') ],
	[ /^no connection: (.*)$/, _('No connection to the provider: %s.') ]
];

return baseclass.extend({
	// seconds in words, in whole units, of which there are at least two: as many as have passed
	duration: function(seconds) {
		return this.units(seconds, 2, Math.floor);
	},

	// of what is still to come: it is over then, and not much earlier
	wait: function(seconds) {
		return this.units(seconds, 4, Math.ceil);
	},

	units: function(seconds, least, whole) {
		const [ size, words ] = UNITS.find((unit) => seconds >= least * unit[0]) ?? UNITS[UNITS.length - 1];
		const count = whole(seconds / size);

		return words(count).format(count);
	},

	moment: function(date) {
		return date.toLocaleString(document.documentElement.lang || undefined, { dateStyle: 'medium', timeStyle: 'short' });
	},

	ago: function(seconds) {
		return seconds < 2 ? _('just now') : _('%s ago').format(this.duration(seconds));
	},

	memory: function(kilobytes) {
		return _('%s MB').format((kilobytes / 1024).toLocaleString(document.documentElement.lang || undefined, {
			minimumFractionDigits: 1, maximumFractionDigits: 1
		}));
	},

	state: function(device) {
		return STATES[device.state] ?? device.state;
	},

	action: function(name) {
		return ACTIONS[name] ?? name;
	},

	role: function(name) {
		return ROLES[name];
	},

	called: function(device) {
		if (device.device == '00:00:00:00:00:00')
			return _('This router');
		return device.name || device.device;
	},

	// an answer of the guard, in words of ours where we have some
	answer: function(text) {
		for (const [ pattern, sentence ] of ANSWERS) {
			const found = pattern.exec(text);

			if (found)
				return sentence.format(...found.slice(1));
		}
		return text;
	},

	evidence: function(facts) {
		return _('Opened %s (port %s) to %s that it had never used, in %s. A person’s device meets at most %d new ones a day.').format(
			N_(facts.connections, '%d mail connection', '%d mail connections').format(facts.connections),
			facts.ports.join(', '),
			N_(facts.networks, '%d network', '%d networks').format(facts.networks),
			this.duration(Math.max(1, facts.seconds)),
			facts.usual_per_day);
	},

	// why a device is in its state, and what ends it: sentences
	reasons: function(device) {
		const kase = device.case;
		const said = [ MEANINGS[device.state] ];

		if (device.state != 'exempt')
			said.push(this.observation(device));
		if (device.state == 'stopped' || device.state == 'garden')
			said.push(...this.hold(kase));
		if (kase && kase.remaining_s != null)
			said.push(_('This ends in %s.').format(this.wait(kase.remaining_s)));
		if (device.capped)
			said.push(N_(device.capped, 'The limits held back %d packet of its mail.', 'The limits held back %d packets of its mail.').format(device.capped));
		return said.filter((sentence) => sentence != null);
	},

	observation: function(device) {
		const facts = device.case ? device.case.evidence : device.evidence;

		if (facts)
			return this.evidence(facts);
		return device.case ? _('The router keeps no observation of its own about this; the provider may have asked for it.') : null;
	},

	hold: function(kase) {
		const said = [];

		if (kase.familiar)
			said.push(N_(kase.familiar, 'On ports 465 and 587 it may go on to %d network that it used on earlier days.', 'On ports 465 and 587 it may go on to %d networks that it used on earlier days.').format(kase.familiar));
		if (kase.stops > 1)
			said.push(_('It was stopped before, so it is held longer.'));
		said.push(_('It is released by itself in %s, if it tries nothing until then.').format(this.wait(kase.quiet_wait_s)));
		return said.concat(SAID.filter((each) => kase[each[0]]).map((each) => each[1].format(kase.reference)));
	},

	stops: function(status) {
		return status.stopped
			? N_(status.stopped, '%d device is stopped.', '%d devices are stopped.').format(status.stopped)
			: _('No device is stopped.');
	},

	summary: function(status) {
		return [
			POLICIES[status.policy] ?? status.policy,
			N_(status.connections_seen, '%d mail connection seen in %s.', '%d mail connections seen in %s.').format(status.connections_seen, this.duration(status.uptime_s))
		].join(' ');
	},

	// what is wrong with the whole: [title, sentence] each
	problems: function(status) {
		if (status.error)
			return [ [
				_('Portvagt can’t be asked'),
				this.answer(status.error) + ' ' + _('What was stopped stays stopped, but nothing new is noticed while it does not run.')
			] ];
		const found = [];
		if (status.blind)
			found.push([
				_('Portvagt sees no mail connections'),
				this.answer(status.blind) + ' ' + _('Where this router is only an access point or a bridge, Portvagt belongs on the router that connects the home to the provider.')
			]);
		if (status.table == 'missing')
			found.push([ _('The rules are missing'), _('Nothing is stopped at the moment. Portvagt loads its rules again by itself.') ]);
		if (status.repairs)
			found.push([
				_('Something keeps removing the rules'),
				_('The rules were removed or changed %d times in %s, and loaded again each time. Now that is done only every %s.')
					.format(status.repairs.times, this.duration(status.repairs.seconds), this.duration(status.repairs.pause_s))
			]);
		if (status.damaged_files)
			found.push([
				_('Some memory was lost'),
				N_(status.damaged_files, '%d file of Portvagt could not be read at its start.', '%d files of Portvagt could not be read at its start.').format(status.damaged_files)
			]);
		return found;
	},

	version: function(status) {
		return _('Portvagt %s on %s.').format(status.version, RUNTIMES[status.runtime] ?? status.runtime);
	},

	reporting: function(status) {
		if (!status.reporting)
			return _('Reporting to the provider is switched off.');
		const sentence = this.answer(status.reporting.status);

		return status.reporting.seconds == null ? sentence
			: '%s %s'.format(sentence, _('For %s.').format(this.duration(status.reporting.seconds)));
	},

	unsent: function(count) {
		return count ? N_(count, '%d event waits to be sent.', '%d events wait to be sent.').format(count) : _('No event waits to be sent.');
	}
});
