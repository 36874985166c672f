// Label selectors as a Corefile writes them (`labels`, `namespace_labels`): the grammar of k8s.io/apimachinery's ParseToLabelSelector.
// `a=b`, `a==b`, `a!=b`, `a in (x, y)`, `a notin (x)`, `a`, `!a`, joined by commas. `a>1` and `a<1` are refused by that function.
// Not modelled: its checks of the length and characters of keys and values.

export type Labels = Readonly<Record<string, string>>
export type Selector = (labels: Labels) => boolean

type Requirement = {
  readonly key: string
  readonly op: '=' | '!=' | 'in' | 'notin' | 'exists' | 'absent'
  readonly values: readonly string[]
}

/** Undefined = CoreDNS refuses to start with this text. */
export function parseSelector(text: string): Selector | undefined {
  const tokens = text.match(/[(),!<>]|!=|==|=|[^\s(),!=<>]+/g) ?? []
  if (tokens.join('') !== text.replace(/\s+/g, '')) return undefined
  const requirements: Requirement[] = []
  let at = 0
  while (at < tokens.length) {
    const read = requirement(tokens, at)
    if (!read) return undefined
    requirements.push(read.requirement)
    at = read.next
    if (at === tokens.length) break
    if (tokens[at] !== ',' || at + 1 === tokens.length) return undefined
    at++
  }
  return labels => requirements.every(r => meets(r, labels))
}

const isWord = (token: string | undefined): token is string => token !== undefined && !/^[(),!=<>]/.test(token)

function requirement(tokens: readonly string[], start: number): { requirement: Requirement; next: number } | undefined {
  let at = start
  const negated = tokens[at] === '!'
  if (negated) at++
  const key = tokens[at]
  if (!isWord(key)) return undefined
  at++
  if (negated) return { requirement: { key, op: 'absent', values: [] }, next: at }
  let op = tokens[at]
  if (op === '!' && tokens[at + 1] === '=') {
    op = '!='
    at++
  }
  if (op === undefined || op === ',') return { requirement: { key, op: 'exists', values: [] }, next: at }
  if (op === '=' || op === '==' || op === '!=') {
    const value = tokens[at + 1]
    const given = isWord(value)
    return { requirement: { key, op: op === '!=' ? '!=' : '=', values: [given ? value : ''] }, next: at + (given ? 2 : 1) }
  }
  if (op !== 'in' && op !== 'notin') return undefined
  const values = valueList(tokens, at + 1)
  return values && { requirement: { key, op, values: values.values }, next: values.next }
}

/** `(x, y)`; an empty element is the empty value. */
function valueList(tokens: readonly string[], open: number): { values: string[]; next: number } | undefined {
  if (tokens[open] !== '(') return undefined
  const values: string[] = []
  let pending = true
  for (let at = open + 1; at < tokens.length; at++) {
    const token = tokens[at] as string
    if (token === ')') return { values: pending ? [...values, ''] : values, next: at + 1 }
    if (token === ',') {
      if (pending) values.push('')
      pending = true
    } else if (isWord(token) && pending) {
      values.push(token)
      pending = false
    } else return undefined
  }
  return undefined
}

function meets({ key, op, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (op) {
    case 'exists': return value !== undefined
    case 'absent': return value === undefined
    case '=': case 'in': return value !== undefined && values.includes(value)
    case '!=': case 'notin': return value === undefined || !values.includes(value)
  }
}
