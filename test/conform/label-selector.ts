// Label selectors as the API server reads them: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, with commas between.
// Of the double only; what is no selector selects nothing.

type Labels = Readonly<Record<string, string>>
type Test = (labels: Labels) => boolean

export function selects(selector: string, labels: Labels): boolean {
  if (/[()]/.test(selector.replace(/\([^)]*\)/g, ''))) return false
  return partsOf(selector).every(part => testOf(part)(labels))
}

/** At commas outside of parentheses. */
const partsOf = (selector: string): string[] => (selector.match(/[^,(]+(?:\([^)]*\))?/g) ?? []).map(part => part.trim()).filter(part => part !== '')

function testOf(part: string): Test {
  const [, key = '', not, values = ''] = /^(\S+) +(not)?in *\(([^)]*)\)$/.exec(part) ?? []
  if (key !== '') {
    const all = values.split(',').map(value => value.trim())
    return labels => (not === undefined ? key in labels && all.includes(labels[key] as string) : !(key in labels) || !all.includes(labels[key] as string))
  }
  const [, name = '', unequal, value] = /^([^=!]+?) *(!)?==? *(\S*)$/.exec(part) ?? []
  if (value !== undefined) return labels => (unequal === undefined ? labels[name] === value : labels[name] !== value)
  const [, none, lone = ''] = /^(!)? *([^=!\s]+)$/.exec(part) ?? []
  return labels => lone !== '' && (lone in labels) === (none === undefined)
}
