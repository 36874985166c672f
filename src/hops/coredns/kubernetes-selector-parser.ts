// The grammar of label selectors: labels.Parser of k8s.io/apimachinery (pkg/labels/selector.go, v0.24 to v0.37), with its words for what is wrong.
import { goQuote } from './go-quote.ts'
import { since, type CorednsVersion } from './plugin.ts'

type Binary = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly op: Binary | 'exists' | '!'
  readonly values: readonly string[]
}

class SelectorFault extends Error {}

/** A text: what is wrong. */
export function readRequirements(text: string, version: CorednsVersion): readonly Requirement[] | string {
  try {
    return new SelectorParser(text, version).read()
  } catch (thrown) {
    if (thrown instanceof SelectorFault) return thrown.message
    throw thrown
  }
}

const OPERATORS: ReadonlyMap<string, Binary> = new Map([['in', 'in'], ['notin', 'notin'], ['=', '='], ['==', '=='], ['!=', '!='], ['>', 'gt'], ['<', 'lt']])
const isWord = (token: string): boolean => token !== '' && !/^[=!(),<>]/.test(token)
const isEnd = (token: string): boolean => token === '' || token === ','

class SelectorParser {
  /** The end is an empty token. */
  private readonly tokens: readonly string[]
  private readonly version: CorednsVersion
  private at = 0

  constructor(text: string, version: CorednsVersion) {
    this.tokens = text.match(/!=|==|[=!(),<>]|[^=!(),<>\s]+/g) ?? []
    this.version = version
  }

  private get next(): string {
    return this.tokens[this.at] ?? ''
  }

  private take(): string {
    const token = this.next
    this.at++
    return token
  }

  read(): readonly Requirement[] {
    const found: Requirement[] = []
    while (this.next !== '') {
      if (!isWord(this.next) && this.next !== '!') throw new SelectorFault(`found '${this.next}', expected: !, identifier, or 'end of string'`)
      found.push(this.requirement())
      const token = this.take()
      if (token === '') return found
      if (token !== ',') throw new SelectorFault(`found '${token}', expected: ',' or 'end of string'`)
      if (!isWord(this.next) && this.next !== '!') throw new SelectorFault(`found '${this.next}', expected: identifier after ','`)
    }
    return found
  }

  private requirement(): Requirement {
    const wrong = (why: string): SelectorFault => new SelectorFault(`unable to parse requirement: ${why}`)
    const isNegated = this.next === '!'
    if (isNegated) this.at++
    const key = this.take()
    if (!isWord(key)) throw wrong(`found '${key}', expected: identifier`)
    const odd = keyFaults(key, this.version)
    if (odd.length > 0) throw wrong(`<nil>: Invalid value: ${goQuote(key)}: ${odd.join('; ')}`)
    if (isNegated) return { key, op: '!', values: [] }
    if (isEnd(this.next)) return { key, op: 'exists', values: [] }
    const token = this.take()
    const op = OPERATORS.get(token)
    if (!op) throw wrong(`found '${token}', expected: in, notin, =, ==, !=, gt, lt`)
    const values = op === 'in' || op === 'notin' ? this.list(wrong) : [this.value(wrong)]
    const faults = [...(op === 'gt' || op === 'lt' ? values.flatMap(numberFault) : []), ...values.flatMap((value, i) => valueFaults(key, value, i, this.version))]
    if (faults.length > 0) throw wrong(faults.length === 1 ? faults[0] as string : `[${faults.join(', ')}]`)
    return { key, op, values }
  }

  private value(wrong: (why: string) => SelectorFault): string {
    if (isEnd(this.next)) return ''
    const token = this.take()
    if (!isWord(token)) throw wrong(`found '${token}', expected: identifier`)
    return token
  }

  /** `(x, y)`: a set, sorted; an empty element is the empty value. */
  private list(wrong: (why: string) => SelectorFault): readonly string[] {
    const open = this.take()
    if (open !== '(') throw wrong(`found '${open}' expected: '('`)
    const values = new Set<string>()
    if (this.next === ')') {
      this.at++
      return ['']
    }
    if (!isWord(this.next) && this.next !== ',') throw wrong(`found '${this.next}', expected: ',', ')' or identifier`)
    while (this.next !== ')') {
      const token = this.take()
      if (isWord(token)) {
        values.add(token)
        if (this.next !== ',' && this.next !== ')') throw wrong(`found '${this.next}', expected: ',' or ')'`)
      } else if (token === ',') {
        if (values.size === 0 || this.next === ')' || this.next === ',') values.add('')
      } else throw wrong(`found '${token}', expected: ',', or identifier`)
    }
    this.at++
    return [...values].sort()
  }
}

const numberFault = (value: string, i: number): string[] =>
  (/^[+-]?\d+$/.test(value) ? [] : [`values[${i}]: Invalid value: ${goQuote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`])

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const DOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const MUST = 'must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character'
const NAME_TEXT = `${MUST} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME}')`
const DOMAIN_TEXT = 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an '
  + `alphanumeric character (e.g. 'example.com', regex used for validation is '${DOMAIN}')`
const VALUE_TEXT = `a valid label must be an empty string or ${MUST.slice('must '.length)} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${NAME})?')`
const LONGEST_NAME = 63
const LONGEST_DOMAIN = 253

/** Newer ones count bytes. */
const tooLong = (most: number, version: CorednsVersion): string => `must be no more than ${most} ${since(version, 1, 12) ? 'bytes' : 'characters'}`
const matches = (text: string, pattern: string): boolean => new RegExp(`^(?:${pattern})$`).test(text)

function keyFaults(key: string, version: CorednsVersion): string[] {
  const parts = key.split('/')
  if (parts.length > 2) return [`${since(version, 1, 12) ? 'a valid label key' : 'a qualified name'} ${NAME_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const name = parts.at(-1) as string
  const prefix = parts.length === 2 ? parts[0] : undefined
  const faults: string[] = []
  if (prefix === '') faults.push('prefix part must be non-empty')
  else if (prefix !== undefined) {
    if (prefix.length > LONGEST_DOMAIN) faults.push(`prefix part ${tooLong(LONGEST_DOMAIN, version)}`)
    if (!matches(prefix, DOMAIN)) faults.push(`prefix part ${DOMAIN_TEXT}`)
  }
  if (name === '') faults.push('name part must be non-empty')
  else if (name.length > LONGEST_NAME) faults.push(`name part ${tooLong(LONGEST_NAME, version)}`)
  if (!matches(name, NAME)) faults.push(`name part ${NAME_TEXT}`)
  return faults
}

function valueFaults(key: string, value: string, i: number, version: CorednsVersion): string[] {
  const faults = [...(value.length > LONGEST_NAME ? [tooLong(LONGEST_NAME, version)] : []), ...(matches(value, `(${NAME})?`) ? [] : [VALUE_TEXT])]
  return faults.length === 0 ? [] : [`values[${i}][${key}]: Invalid value: ${goQuote(value)}: ${faults.join('; ')}`]
}
