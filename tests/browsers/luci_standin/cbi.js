// Stand-in for LuCI's cbi.js: translations, by the hash of their texts, and format().
function hashOf(text) {
	const bytes = new TextEncoder().encode(text), view = new DataView(bytes.buffer), whole = bytes.length & ~3;
	let hash = bytes.length;

	for (let at = 0; at < whole; at += 4) {
		hash = (hash + view.getUint16(at, true)) | 0;
		hash = (hash << 16) ^ ((view.getUint16(at + 2, true) << 11) ^ hash);
		hash = (hash + (hash >>> 11)) | 0;
	}
	if (bytes.length - whole == 3) {
		hash = (hash + view.getUint16(whole, true)) | 0;
		hash ^= hash << 16;
		hash ^= view.getInt8(whole + 2) << 18;
		hash = (hash + (hash >>> 11)) | 0;
	}
	else if (bytes.length - whole == 2) {
		hash = (hash + view.getUint16(whole, true)) | 0;
		hash ^= hash << 11;
		hash = (hash + (hash >>> 17)) | 0;
	}
	else if (bytes.length - whole == 1) {
		hash = (hash + view.getInt8(whole)) | 0;
		hash ^= hash << 10;
		hash = (hash + (hash >>> 1)) | 0;
	}
	for (const [ left, right ] of [ [ 3, 5 ], [ 4, 17 ], [ 25, 6 ] ]) {
		hash ^= hash << left;
		hash = (hash + (hash >>> right)) | 0;
	}
	return (hash >>> 0).toString(16).padStart(8, '0');
}

function _(text) {
	return window.TR[hashOf(text)] ?? text;
}

function N_(count, one, many) {
	const form = new Function('n', 'let nplurals, plural; ' + (window.TR['00000000'] ?? 'plural=(n != 1);') + ' return +plural;')(count);

	return window.TR[hashOf(`${one}\u0002${form}`)] ?? (form ? many : one);
}

String.prototype.format = function(...values) {
	return this.replace(/%([sd%])/g, (_whole, kind) =>
		kind == '%' ? '%' : kind == 'd' ? String(Math.floor(values.shift())) : String(values.shift()));
};
