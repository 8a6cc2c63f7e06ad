'use strict';
'require view';
'require form';
'require uci';
'require portvagt.options as options';

// the words for yes and no that a file may have, besides LuCI's 1 and 0
const YES = [ '1', 'on', 'true', 'yes', 'enabled' ];
const PORTS = [ 'port', 'tls_port', 'api_port' ];
const API = [ 'api_host', 'api_certificate', 'api_key' ];

function luminance(colour) {
	const [ red, green, blue ] = [ 1, 3, 5 ].map((at) => {
		const part = parseInt(colour.slice(at, at + 2), 16) / 255;

		return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
	});

	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// WCAG 2.2: from 1 to 21
function contrast(first, second) {
	const [ dark, light ] = [ luminance(first), luminance(second) ].sort((one, other) => one - other);

	return (light + 0.05) / (dark + 0.05);
}

// what is wrong with a text that is to be the value of an option alone; null: nothing
function problem(known, text) {
	if (text == '')
		return null;
	if (known.pattern && !new RegExp(known.pattern, 'u').test(text))
		return known.expects;
	if (known.contrast_with && contrast(text, known.contrast_with) < known.contrast)
		return _('Has a contrast of less than %s to 1 with the page: choose a darker one').format(known.contrast);
	return null;
}

// what is wrong with it beside others; `value(name)`: of another option of the section, as it stands in the form
const RULES = {
	warn: function(name, text, value) {
		const same = PORTS.find((other) => PORTS.includes(name) && other != name && value(other) == text);

		if (same)
			return _('Another port here has the same number');
		if (API.includes(name) && text == '' && API.some((other) => other != name && value(other) != ''))
			return _('The API needs its name, its certificate and its key: all of them, or none');
		return null;
	},
	report: function(name, text, value) {
		if ((name == 'cpe_id' || name == 'broker') && text == '' && value('enabled') == '1')
			return _('Needed where reporting is switched on');
		return null;
	}
};

function same(one, other) {
	return JSON.stringify(L.toArray(one)) == JSON.stringify(L.toArray(other));
}

return view.extend({
	load: function() {
		return uci.load('portvagt').then(() => options.sections.map((section) => this.identify(section.name)));
	},

	// a section's name in UCI: our own, but a file that was written by hand may have none
	identify: function(type) {
		const found = uci.get('portvagt', type) ? type : uci.sections('portvagt', type)[0]?.['.name'];

		return found ?? uci.add('portvagt', type, type);
	},

	render: function(names) {
		const map = new form.Map('portvagt', _('Portvagt'), _('Where a field is empty, what it shows in grey holds. A change holds once it is applied.'));

		map.tabbed = true;
		options.sections.forEach((section, at) => {
			const shown = map.section(form.NamedSection, names[at], section.name, section.title);

			shown.addremove = false;
			section.options.forEach((known) => this.option(shown, section.name, known));
		});
		// whether a value fits may depend on another, which was changed after it
		map.parse = function() {
			this.children.forEach((section) => section.children.forEach((option) => option.triggerValidation(section.section)));
			return form.Map.prototype.parse.call(this);
		};
		return map.render();
	},

	option: function(section, type, known) {
		const option = section.option(form[known.widget], known.name, known.title, known.help);

		option.optional = true;
		if (known.datatype)
			option.datatype = known.datatype;
		this[known.widget](option, known);
		option.validate = function(sid, text) {
			const value = (name) => section.formvalue(sid, name) || section.children.find((each) => each.option == name).standard;

			return problem(known, text ?? '') ?? RULES[type]?.(known.name, text || known.standard, value) ?? true;
		};
		option.standard = known.standard;
		this.leaveStandard(option, known);
	},

	Flag: function(option, known) {
		option.default = known.standard;
		option.rmempty = !known.written;
		option.optional = !known.written;
		option.load = function(sid) {
			const text = uci.get('portvagt', sid, this.option);

			return text == null ? null : YES.includes(text) ? '1' : '0';
		};
	},

	Value: function(option, known) {
		option.placeholder = known.standard;
	},

	ListValue: function(option, known) {
		option.default = known.standard;
		option.optional = false;
		known.choices.forEach((choice) => option.value(...choice));
	},

	DynamicList: function(option, known) {
		option.default = known.standard;
	},

	// what a later release may have another default for is not written where nobody chose it
	leaveStandard: function(option, known) {
		const write = option.write;

		option.write = function(sid, value) {
			if (same(value, known.standard) && !known.written)
				return this.remove(sid);
			return write.call(this, sid, value);
		};
	}
});
