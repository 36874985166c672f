// Text of other people on a terminal: names, log lines and file names may hold escape sequences and characters that
// reorder or hide what stands around them. Everything printed passes here once; what is printable already is unchanged.

// C0, DEL, C1; soft hyphen; Arabic letter mark; Hangul fillers; zero-width and bidi controls; line separators; BOM; tags;
// variation selectors are kept (they cannot reorder); unpaired surrogates.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu
const PLAIN_ASCII = /^[\x20-\x7e]*$/

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Escapes as `\u{202e}`; a backslash already there is left alone, so this is for reading, not for parsing back. */
export function printable(text: string): string {
  if (PLAIN_ASCII.test(text)) return text
  return text.replace(UNPRINTABLE, c => SHORT[c] ?? `\\u{${(c.codePointAt(0) as number).toString(16)}}`)
}

/** JSON stays JSON: the same characters as `\uXXXX`. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, c => (c === '\n' ? c : [...Array(c.length).keys()].map(at => `\\u${c.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')))
}
