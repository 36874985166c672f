// Sets of characters of Go's regexp (regexp/syntax, Go 1.20 to 1.26): ranges, perl, POSIX and Unicode groups, each folded and then negated
// on its own, as Go does. One character at a time is tested, so the JavaScript engine behind it cannot backtrack.
// Unicode itself is this machine's (17.0), not that of the Go release (13.0 to 15.0).

/** A part of a class. `body` is the inside of a JavaScript class; folding comes before negation. */
export interface SetItem {
  readonly body: string
  readonly fold: boolean
  readonly negated: boolean
}

/** Does this code point belong? */
export type CharTest = (char: number) => boolean

/** Characters below it are looked up in a table: nothing but time depends on it. */
const ASCII = 128

/** The union of the items, or its complement. */
export function charTest(items: readonly SetItem[], negated: boolean): CharTest {
  const parts = items.filter(item => item.body !== '').map(item => ({ pattern: new RegExp(`^[${item.body}]$`, item.fold ? 'iu' : 'u'), negated: item.negated }))
  const all = items.some(item => item.body === '' && item.negated)
  const slow = (char: number): boolean => {
    const text = String.fromCodePoint(char)
    return (all || parts.some(part => part.pattern.test(text) !== part.negated)) !== negated
  }
  let low: readonly boolean[] | undefined
  return char => {
    if (char >= ASCII) return slow(char)
    low ??= Array.from({ length: ASCII }, (_, at) => slow(at))
    return low[char] as boolean
  }
}

const escaped = (char: number): string => `\\u{${char.toString(16)}}`

export const rangeItem = (low: number, high: number, fold: boolean): SetItem =>
  ({ body: `${escaped(low)}-${escaped(high)}`, fold, negated: false })

const PERL: ReadonlyMap<string, string> = new Map([['d', '0-9'], ['s', '\\t\\n\\f\\r\\x20'], ['w', '0-9A-Za-z_']])

/** `\d`, `\S`…: by the letter after the backslash. */
export function perlItem(letter: string, fold: boolean): SetItem | undefined {
  const body = PERL.get(letter.toLowerCase())
  return body === undefined ? undefined : { body, fold, negated: letter !== letter.toLowerCase() }
}

const POSIX: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'], ['alpha', 'A-Za-z'], ['ascii', '\\0-\\x7f'], ['blank', '\\t\\x20'], ['cntrl', '\\0-\\x1f\\x7f'], ['digit', '0-9'],
  ['graph', '!-~'], ['lower', 'a-z'], ['print', '\\x20-~'], ['punct', '!-\\/:-@\\[-`\\{-~'], ['space', '\\t-\\r\\x20'], ['upper', 'A-Z'],
  ['word', '0-9A-Za-z_'], ['xdigit', '0-9A-Fa-f'],
])

/** `[:alpha:]`, `[:^alpha:]`. */
export function posixItem(name: string, fold: boolean): SetItem | undefined {
  const negated = name.startsWith('^')
  const body = POSIX.get(negated ? name.slice(1) : name)
  return body === undefined ? undefined : { body, fold, negated }
}

const CATEGORIES = 'C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs'.split(' ')

/** Names of package unicode; short codes such as `Grek` are none. */
const SCRIPTS = new Set(`Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi
Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan
Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek
Gujarati Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi
Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha
Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek
Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa
Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian
Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan
Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham
Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi
Zanabazar_Square`.split(/\s+/))
/** Unicode 15 came with Go 1.21. */
const SCRIPTS_15 = new Set(['Kawi', 'Nag_Mundari'])

/** Long names of categories, since Go 1.25; letters only, as they are looked up. */
const ALIASES: ReadonlyMap<string, string> = new Map(`Casedletter=LC Closepunctuation=Pe Combiningmark=M Connectorpunctuation=Pc Control=Cc
Currencysymbol=Sc Dashpunctuation=Pd Decimalnumber=Nd Enclosingmark=Me Finalpunctuation=Pf Format=Cf Initialpunctuation=Pi Letter=L Letternumber=Nl
Lineseparator=Zl Lowercaseletter=Ll Mark=M Mathsymbol=Sm Modifierletter=Lm Modifiersymbol=Sk Nonspacingmark=Mn Number=N Openpunctuation=Ps Other=C
Otherletter=Lo Othernumber=No Otherpunctuation=Po Othersymbol=So Paragraphseparator=Zp Privateuse=Co Punctuation=P Separator=Z Spaceseparator=Zs
Spacingmark=Mc Surrogate=Cs Symbol=S Titlecaseletter=Lt Unassigned=Cn Uppercaseletter=Lu Cntrl=Cc Digit=Nd Punct=P`.split(/\s+/).map(pair => {
  const [long = '', short = ''] = pair.split('=')
  return [long, short] as const
}))

/** `\p{name}`. `minor` = Go 1.<minor>: 1.25 folds case and drops separators, and thereby loses the scripts of two words. */
export function unicodeItem(name: string, negated: boolean, fold: boolean, minor: number): SetItem | undefined {
  if (minor < 25) {
    if (name === 'Any') return { body: '', fold, negated: !negated }
    // Unassigned code points became part of C in 1.25.
    const body = name === 'C' ? '\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}' : bodyOf(name, minor)
    return body === undefined ? undefined : { body, fold, negated }
  }
  const plain = name.replace(/[_ -]/g, '')
  const key = plain.slice(0, 1).toUpperCase() + plain.slice(1).toLowerCase()
  if (key === 'Any') return { body: '', fold, negated: !negated }
  if (key === 'Assigned') return { body: '\\p{Cn}', fold, negated: !negated }
  if (key === 'Ascii') return { body: '\\0-\\x7f', fold, negated }
  const body = key === 'Lc' || key === 'Cn' ? `\\p{${key.replace('Lc', 'LC')}}` : bodyOf(key, minor) ?? aliasBody(key)
  return body === undefined ? undefined : { body, fold, negated }
}

function bodyOf(name: string, minor: number): string | undefined {
  if (CATEGORIES.includes(name)) return `\\p{${name}}`
  return SCRIPTS.has(name) && (minor >= 21 || !SCRIPTS_15.has(name)) ? `\\p{Script=${name}}` : undefined
}

function aliasBody(key: string): string | undefined {
  const short = ALIASES.get(key)
  return short === undefined ? undefined : `\\p{${short}}`
}
