// Which lines of an application log are the same operation, ending well or badly. A program that writes `order sync failed batch=8 err="…
// lookup a.example …"` writes `order sync done batch=9 peer=10.0.0.1:80` when the same name resolved; the second line does not name the
// name. Two lines are one operation when what is left of them is equal after taking out: time, level, error texts, numbers, addresses, the
// values of
// all keys, and the words that tell an ending (failed, done …). What is left must hold a word of its own; `failed: …` alone fits anything.
// This is an inference, and observations made by it say so (`basis: 'same-operation'`).
import type { LogWord } from './log-words.ts'
import { wordsOf } from './log-words.ts'
import { resolverErrorIn } from './resolver-error.ts'
import { isAddress, serverAddress } from './server-address.ts'

export interface Operation {
  /** Equal keys = one operation. undefined: too little is left to recognise it by. */
  readonly key: string | undefined
  readonly ending: 'good' | 'bad' | 'none'
  /** Addresses the operation ended at: `peer=10.0.0.1:80`, `connected to 10.0.0.1:80`. Where a client came from is not one. */
  readonly reached: readonly string[]
}

const BAD = new Set(['failed', 'failing', 'fail', 'fails', 'failure', 'error', 'errored', 'err', 'unable', 'cannot', 'unsuccessful',
  'unreachable', 'timeout', 'refused', 'aborted', 'retrying', 'giving'])
const GOOD = new Set(['done', 'ok', 'okay', 'success', 'successful', 'successfully', 'succeeded', 'completed', 'complete', 'finished',
  'connected', 'established', 'synced', 'sent', 'delivered'])
const LEVELS = new Set(['info', 'warn', 'warning', 'error', 'err', 'debug', 'trace', 'fatal', 'notice', 'critical'])
const BAD_LEVELS = new Set(['error', 'err', 'fatal', 'critical', 'panic'])
const LEVEL_KEYS = new Set(['level', 'lvl', 'severity', 'loglevel', 'levelname'])
const DROPPED_KEYS = new Set(['err', 'error', 'exception', 'cause', 'reason', 'stack', 'stacktrace', 'time', 'ts', 'timestamp',
  '@timestamp', 'caller'])
const MESSAGE_KEYS = new Set(['msg', 'message', 'event', 'log'])
const PEER_KEYS = new Set(['peer', 'addr', 'address', 'addrs', 'addresses', 'upstream', 'backend', 'server', 'endpoint', 'target', 'dst',
  'dest', 'destination', 'remote_addr', 'connected'])

/** Addresses in one value: `10.0.0.1:8080`, `[10.0.0.1 10.0.0.2]`, `a,b`. */
export function addressesOf(value: string): string[] {
  if (value.length > 2000) return []
  const inner = value.startsWith('[') && value.endsWith(']') && !/^\[[0-9A-Fa-f:.%\w]+\](?::\d+)?$/.test(value) ? value.slice(1, -1) : value
  const list: string[] = []
  for (const part of inner.split(/[\s,;|]+/, 64)) {
    const text = part.replace(/^["'(]+|["').]+$/g, '').replace(/^\[([0-9.]+)\]?$/, '$1')
    const known = serverAddress(text)
    if (known) list.push(known.address)
  }
  return list
}

const tidy = (word: string): string => word.replace(/^[[("'<{]+|[\])"'>}:;,.!]+$/g, '').toLowerCase()

interface Left {
  readonly parts: string[]
  good: boolean
  bad: boolean
  own: boolean
}

function addWord(left: Left, raw: string): void {
  const word = tidy(raw)
  if (word === '' || LEVELS.has(word) && !BAD.has(word)) return
  if (BAD.has(word)) left.bad = true
  else if (GOOD.has(word)) left.good = true
  else if (/\d/.test(word) || isAddress(word) || word.includes('://')) left.parts.push('#')
  else {
    if (/^\p{L}{3,}/u.test(word)) left.own = true
    left.parts.push(word)
  }
}

/** `text`: the line after its time stamp; `error`: where its resolver error begins, which is no part of the operation. */
export function operationOf(text: string, error?: number): Operation {
  const left: Left = { parts: [], good: false, bad: false, own: false }
  const reached: string[] = []
  const words = error === undefined ? wordsOf(text) : wordsBefore(text, error)
  words.forEach((word, i) => readWord(word, words[i - 1], left, reached))
  const key = left.own ? left.parts.join(' ').slice(0, 400) : undefined
  return { key, ending: left.bad ? 'bad' : left.good || reached.length > 0 ? 'good' : 'none', reached }
}

function readWord(word: LogWord, before: LogWord | undefined, left: Left, reached: string[]): void {
  const key = word.key?.toLowerCase()
  if (key === undefined) {
    const addresses = word.value.length < 200 ? addressesOf(word.value) : []
    if (addresses.length > 0 && before !== undefined && (GOOD.has(tidy(before.value))
      || ['to', '->', '=>', 'at', 'via'].includes(before.value))) reached.push(...addresses)
    addWord(left, word.value)
  } else if (LEVEL_KEYS.has(key)) left.bad ||= BAD_LEVELS.has(word.value.toLowerCase())
  else if (DROPPED_KEYS.has(key)) left.bad ||= key === 'err' || key === 'error' ? word.value !== '' && word.value !== 'null'
    && word.value !== '<nil>' : false
  else if (MESSAGE_KEYS.has(key)) for (const part of word.value.split(/\s+/, 64)) addWord(left, part)
  else {
    const addresses = addressesOf(word.value)
    if (addresses.length === 0) left.parts.push(`${key}=`)
    else if (PEER_KEYS.has(key)) reached.push(...addresses)
  }
}

/** What wraps a resolver error and tells nothing of the operation: `dial tcp: `, `Get "https://…": `. */
const WRAPPER = new RegExp(
  '(?:^|[\\s"])(?:dial (?:tcp|udp)[46]?|(?:Get|Post|Put|Head|Delete|Patch) \\\\?"?[^\\s"]{1,500}|connect|connection error|caused by'
  + '|java\\.net|err|error|Error|exception)[:=.]?\\\\?"?:?\\s*$')

/** The words of a line without its resolver error. JSON cannot be cut in two: there the members that hold the error are cut. */
function wordsBefore(text: string, error: number): LogWord[] {
  if (!text.startsWith('{')) return wordsOf(beforeError(text, error))
  return wordsOf(text).map(word => {
    const inside = resolverErrorIn(word.value)
    return inside ? { ...word, value: beforeError(word.value, inside.start) } : word
  })
}

/** The part of a text in front of its resolver error that names the operation. */
function beforeError(text: string, errorStart: number): string {
  let head = text.slice(0, errorStart)
  for (let i = 0; i < 8; i++) {
    const wrapper = WRAPPER.exec(head.slice(-600))
    if (!wrapper) break
    head = head.slice(0, Math.max(0, head.length - 600) + wrapper.index)
  }
  return head.trimEnd()
}
