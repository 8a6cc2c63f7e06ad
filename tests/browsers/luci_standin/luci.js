// Stand-in for LuCI's luci.js and the classes of it that our views use.
(function() {
	const SUPER = Symbol('methods of the class that was extended');

	// LuCI's classes: extend() gives another, whose methods may call this.super(name, arguments)
	function extend(properties) {
		const base = this;
		const made = function(...given) {
			this.__init__?.(...given);
		};

		made.prototype = Object.assign(Object.create(base.prototype), properties, { [SUPER]: base.prototype });
		made.extend = extend;
		return made;
	}

	function Base() {}
	Base.extend = extend;
	Base.prototype.super = function(name, given) {
		return this[SUPER][name].apply(this, given);
	};

	// elements

	const instances = new WeakMap();

	const dom = {
		append(node, content) {
			if (Array.isArray(content))
				content.filter((each) => each != null).forEach((each) => node.append(each));
			else if (content instanceof Node)
				node.append(content);
			else if (content != null)
				node.innerHTML = content;
		},
		content(node, content) {
			node.replaceChildren();
			dom.append(node, content);
		},
		findClassInstance: (node) => instances.get(node)
	};

	window.E = function(name, given, content) {
		const attributes = Array.isArray(given) || given instanceof Node || typeof given == 'string' ? {} : given ?? {};
		const node = Array.isArray(name) ? document.createDocumentFragment() : document.createElement(name);

		for (const [ key, value ] of Object.entries(attributes))
			if (typeof value == 'function')
				node.addEventListener(key, value);
			else if (value != null)
				node.setAttribute(key, value);
		dom.append(node, attributes === given ? content : given ?? content);
		return node;
	};

	// ubus

	let number = 0;

	async function post(object, method, params) {
		const answer = await fetch('/ubus/', {
			method: 'POST',
			body: JSON.stringify({ jsonrpc: '2.0', id: ++number, method: 'call', params: [ L.env.sessionid, object, method, params ] })
		});
		const said = await answer.json();

		if (said.error || said.result[0] != 0)
			throw new Error(`${object}/${method}: ${said.error?.message ?? said.result[0]}`);
		return said.result[1];
	}

	const rpc = {
		declare: ({ object, method, params = [] }) => (...given) =>
			post(object, method, Object.fromEntries(params.map((name, at) => [ name, given[at] ])))
	};

	const poll = {
		queue: [],
		add(call, seconds) {
			poll.queue.push({ fn: call, timer: setInterval(call, seconds * 1000) });
		}
	};

	// dialogs and notices

	const overlay = E('div', { 'id': 'modal_overlay', 'hidden': '' }, [ E('div', { 'class': 'modal', 'role': 'dialog', 'aria-modal': 'true', 'tabindex': '-1' }) ]);

	overlay.addEventListener('keydown', (event) => {
		if (event.key == 'Escape')
			overlay.querySelector('.right button').click();
	});

	const ui = {
		showModal(title, content) {
			dom.content(overlay.firstChild, [ E('h4', {}, title), ...content ]);
			overlay.hidden = false;
			document.body.classList.add('modal-overlay-active');
			return overlay.firstChild;
		},
		hideModal() {
			overlay.hidden = true;
			document.body.classList.remove('modal-overlay-active');
		},
		addNotification(title, content, ...classes) {
			const notice = E('div', { 'class': [ 'alert-message', ...classes ].join(' ') }, [ E('div', {}, [ title ? E('h4', {}, title) : '', content ]) ]);

			document.getElementById('maincontent').prepend(notice);
			return notice;
		},
		createHandlerFn: (self, handler) => (event) => {
			const button = event.currentTarget;

			button.disabled = true;
			return Promise.resolve(handler.call(self, event)).finally(() => { button.disabled = false; });
		},
		async instantiateView(path) {
			const View = await load('view.' + path.replaceAll('/', '.'), true);
			const view = new View();
			const place = document.getElementById('view');

			document.body.append(overlay);
			dom.content(place, await view.render(await view.load()));
			if (view.handleSave)
				place.append(E('div', { 'class': 'cbi-page-actions' }, [ E('button', {
					'class': 'cbi-button cbi-button-save', 'disabled': L.hasViewPermission() ? null : '',
					'click': () => view.handleSave()
				}, [ _('Save') ]) ]));
		}
	};

	const view = Base.extend({
		load: () => null,
		handleSave: () => Promise.all([ ...document.querySelectorAll('.cbi-map') ].map((map) => dom.findClassInstance(map).save()))
	});

	// configuration

	const uci = {
		values: {}, added: {}, changed: {}, removed: {},
		async load(name) {
			uci.values = structuredClone((await post('uci', 'get', { config: name })).values);
		},
		sections: (_name, type) => Object.values({ ...uci.values, ...uci.added }).filter((section) => section['.type'] == type),
		get(_name, section, option) {
			const found = uci.added[section] ?? uci.values[section];

			return option == null ? found : found?.[option];
		},
		add(_name, type, section) {
			uci.added[section] = { '.type': type, '.name': section };
			return section;
		},
		set(_name, section, option, value) {
			if (uci.added[section])
				uci.added[section][option] = value;
			else
				(uci.changed[section] ??= {})[option] = value;
		},
		unset(_name, section, option) {
			if (uci.values[section]?.[option] != null)
				(uci.removed[section] ??= []).push(option);
		},
		async save(config) {
			for (const [ section, options ] of Object.entries(uci.removed))
				await post('uci', 'delete', { config, section, options });
			for (const [ name, { '.type': type, '.name': _own, ...values } ] of Object.entries(uci.added))
				await post('uci', 'add', { config, type, name, values });
			for (const [ section, values ] of Object.entries(uci.changed))
				await post('uci', 'set', { config, section, values });
			uci.added = {}, uci.changed = {}, uci.removed = {};
			await uci.load(config);
		}
	};

	// forms

	const DATATYPES = {
		string: () => true,
		uinteger: (text) => /^\d+$/.test(text),
		range: (text, least, most) => +text >= least && +text <= most,
		hostname: (text) => /^\w[\w.-]*$/.test(text) && /[^0-9.]/.test(text),
		macaddr: (text) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) && !(parseInt(text, 16) & 1),
		ipaddr: (text) => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split('.').every((part) => +part < 256) : isIPv6(text)
	};

	function isIPv6(text) {
		try {
			return text.includes(':') && new URL(`http://[${text}]/`).hostname != '';
		}
		catch {
			return false;
		}
	}

	// NAME, NAME(ARGUMENTS) or and(TYPE,TYPE)
	function fits(type, text) {
		const [ , name, given ] = /^(\w+)(?:\((.*)\))?$/.exec(type);

		if (name == 'and')
			return given.match(/\w+(\([^)]*\))?/g).every((each) => fits(each, text));
		return DATATYPES[name](text, ...(given ?? '').split(','));
	}

	const AbstractValue = Base.extend({
		__init__(section, name, title, help) {
			Object.assign(this, { section, map: section.map, option: name, title, help, rmempty: true, optional: false, default: null });
		},
		load(sid) {
			return uci.get(this.map.config, sid, this.option);
		},
		validate: () => true,
		cbid(sid) {
			return `widget.cbid.${this.map.config}.${sid}.${this.option}`;
		},
		render(sid) {
			this.initial = this.load(sid);
			this.widget = this.renderWidget(sid, this.initial ?? this.default);
			this.widget.addEventListener('change', () => this.triggerValidation(sid));
			// its place is there before its text: nothing moves away from under a mouse
			this.problem = E('div', { 'role': 'alert', 'style': 'height:1.5em;overflow:hidden' });
			return E('div', { 'class': 'cbi-value' }, [
				E('label', { 'class': 'cbi-value-title', 'for': this.cbid(sid) }, [ this.title ]),
				E('div', { 'class': 'cbi-value-field' }, [ this.widget, E('div', { 'class': 'cbi-value-description' }, this.help), this.problem ])
			]);
		},
		getUIElement(_sid) {
			return { setValue: (value) => this.show(value) };
		},
		check(sid, text) {
			if (text == '' && !this.optional)
				return _('non-empty value');
			if (text != '' && this.datatype && !fits(this.datatype, text))
				return this.datatype;
			return this.validate(sid, text);
		},
		triggerValidation(sid) {
			const values = L.toArray(this.formvalue(sid));
			const wrong = (values.length ? values : [ '' ]).map((text) => this.check(sid, text)).find((each) => each !== true);

			this.problem.textContent = wrong ?? '';
			this.widget.classList.toggle('cbi-input-invalid', wrong != null);
			return wrong == null;
		},
		isValid(sid) {
			return this.triggerValidation(sid);
		},
		parse(sid) {
			if (!this.isValid(sid))
				throw new TypeError(`${this.title}: ${this.problem.textContent}`);
			const value = this.formvalue(sid);

			if (value == '' || (this.isFlag && value == this.default && this.rmempty))
				this.remove(sid);
			else if (JSON.stringify(value) != JSON.stringify(this.initial))
				this.write(sid, value);
		},
		write(sid, value) {
			uci.set(this.map.config, sid, this.option, value);
		},
		remove(sid) {
			uci.unset(this.map.config, sid, this.option);
		}
	});

	const Value = AbstractValue.extend({
		renderWidget(sid, value) {
			return E('input', {
				'id': this.cbid(sid), 'class': 'cbi-input-text', 'value': value ?? '', 'placeholder': this.placeholder,
				'disabled': this.map.readonly ? '' : null
			});
		},
		show(value) {
			this.widget.value = value;
		},
		formvalue() {
			return this.widget.value;
		}
	});

	const Flag = AbstractValue.extend({
		isFlag: true,
		renderWidget(sid, value) {
			return E('input', {
				'id': this.cbid(sid), 'type': 'checkbox', 'checked': value == '1' ? '' : null, 'disabled': this.map.readonly ? '' : null
			});
		},
		show(value) {
			this.widget.checked = value == '1';
		},
		formvalue() {
			return this.widget.checked ? '1' : '0';
		}
	});

	const ListValue = AbstractValue.extend({
		value(key, title) {
			(this.choices ??= []).push([ key, title ]);
		},
		renderWidget(sid, value) {
			return E('select', { 'id': this.cbid(sid), 'disabled': this.map.readonly ? '' : null }, this.choices.map(([ key, title ]) =>
				E('option', { 'value': key, 'selected': key == value ? '' : null }, [ title ])));
		},
		show(value) {
			this.widget.value = value;
		},
		formvalue() {
			return this.widget.value;
		}
	});

	// one value a line
	const DynamicList = AbstractValue.extend({
		renderWidget(sid, values) {
			return E('textarea', { 'id': this.cbid(sid), 'disabled': this.map.readonly ? '' : null }, [ L.toArray(values).join('\n') ]);
		},
		show(values) {
			this.widget.value = L.toArray(values).join('\n');
		},
		formvalue() {
			return this.widget.value.split('\n').filter((line) => line);
		}
	});

	const NamedSection = Base.extend({
		__init__(map, section, type, title) {
			Object.assign(this, { map, section, sectiontype: type, title, children: [] });
		},
		option(Kind, name, title, help) {
			const option = new Kind(this, name, title, help);

			this.children.push(option);
			return option;
		},
		formvalue(sid, name) {
			return this.children.find((option) => option.option == name).formvalue(sid);
		},
		render() {
			return E('div', { 'class': 'cbi-section', 'hidden': '' }, [
				E('h3', {}, [ this.title ]), ...this.children.map((option) => option.render(this.section))
			]);
		}
	});

	const Map = Base.extend({
		__init__(config, title, description) {
			Object.assign(this, { config, title, description, children: [] });
		},
		section(Kind, section, type, title) {
			const made = new Kind(this, section, type, title);

			this.children.push(made);
			return made;
		},
		async render() {
			this.readonly = !(await post('session', 'access', { scope: 'uci', object: this.config, function: 'write' })).access;
			const sections = this.children.map((section) => section.render());
			const open = (at) => sections.forEach((section, other) => { section.hidden = other != at; });
			const tabs = this.children.map((section, at) => E('li', {}, [ E('a', { 'href': '#', 'style': 'line-height:2', 'click': (event) => {
				event.preventDefault();
				open(at);
			} }, [ section.title ]) ]));
			const map = E('div', { 'class': 'cbi-map' }, [
				E('h2', {}, [ this.title ]), E('p', {}, [ this.description ]), E('ul', { 'class': 'cbi-tabmenu' }, tabs), ...sections
			]);

			open(0);
			instances.set(map, this);
			return map;
		},
		async parse() {
			this.children.forEach((section) => section.children.forEach((option) => option.parse(section.section)));
		},
		async save() {
			try {
				await this.parse();
				await uci.save(this.config);
			}
			catch (problem) {
				ui.showModal(_('Save error'), [ E('p', {}, [ problem.message ]), E('div', { 'class': 'right' }, [
					E('button', { 'click': ui.hideModal }, [ _('Dismiss') ])
				]) ]);
			}
		}
	});

	const form = { Map, NamedSection, Value, Flag, ListValue, DynamicList };

	// files: each begins with the names of what it needs, and returns a class

	const classes = { baseclass: Base, dom, form, poll, rpc, uci, ui, view };

	async function load(name, asClass) {
		if (classes[name])
			return classes[name];
		const text = await (await fetch(`/luci-static/resources/${name.replaceAll('.', '/')}.js`)).text();
		const wanted = [ ...text.matchAll(/^'require ([\w.]+)(?: as (\w+))?';$/gm) ];
		const found = await Promise.all(wanted.map((each) => load(each[1])));
		const made = new Function('L', ...wanted.map((each) => each[2] ?? each[1]), text)(window.L, ...found);

		return asClass ? made : (classes[name] = new made());
	}

	window.LuCI = function(env) {
		return {
			env,
			dom, ui, Poll: poll,
			require: (name) => load(name),
			hasViewPermission: () => !env.nodespec.readonly,
			toArray: (value) => value == null || value === '' ? [] : Array.isArray(value) ? value : [ value ]
		};
	};
})();
