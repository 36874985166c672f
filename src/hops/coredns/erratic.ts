// CoreDNS's `erratic` plugin, 1.9.3 to 1.15.0: plugin/erratic/. A test server: fixed addresses, and every Nth query dropped, delayed or
// truncated, the very first included.
// Not modelled: AXFR (it writes records by itself).
import { get, pick, put, sleep, type HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { authoritativeReply } from './authoritative-reply.ts'
import { goDurationMs } from './go-duration.ts'
import { inBlock, since, written, type PluginFactory, type PluginSetup } from './plugin.ts'

interface Options {
  /** Every how many; 0 = never. */
  readonly drop: number
  readonly delay: number
  readonly truncate: number
  readonly delayMs: number
  readonly large: boolean
}

const DEFAULT_EVERY = 2
const DEFAULT_DELAY_MS = 100
const ADDRESSES: ReadonlyMap<string, string> = new Map([['A', '192.0.2.53'], ['AAAA', '2001:db8::53']])
const LARGE_RECORDS = 30

export const erratic: PluginFactory = setup => {
  const options = readOptions(setup)
  const by = `${setup.server} erratic`
  return function* (query) {
    const nth = yield* counted(setup, options)
    // Of 0 there is none.
    const every = (n: number): boolean => nth % n === 0
    if (query.type === 'AXFR') return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by, detail: 'AXFR of erratic' } }
    if (every(options.drop)) return { rcode: 'NOERROR', cause: { kind: 'policy', by, detail: 'drop' } }
    if (every(options.delay)) yield* sleep(options.delayMs)
    const data = ADDRESSES.get(query.type)
    if (data === undefined) return { rcode: 'SERVFAIL', cause: { kind: 'failed', by, detail: query.type } }
    return written(authoritativeReply(query, { answer: recordsOf(query, data, options), truncated: isTruncated(nth, options) }))
  }
}

/** It takes the bits the two numbers share for a division. */
const isTruncated = (nth: number, { truncate }: Options): boolean => truncate > 0 && (nth & truncate) === 0

const recordsOf = (query: DnsQuery, data: string, { large }: Options) =>
  Array.from({ length: large && query.type === 'A' ? LARGE_RECORDS : 1 }, () => ({ name: query.name, type: query.type, ttlS: 0, data }))

/** How many queries came before this one. All clients are counted, so before the first that is seen it is not known, where it matters. */
function* counted(setup: PluginSetup, { drop, delay, truncate }: Options): HopRun<number> {
  const cell = inBlock(setup, 'erratic counter')
  const cycle = Math.max(drop, 1) * Math.max(delay, 1) * 2 ** Math.ceil(Math.log2(truncate + 1))
  if (drop + delay + truncate === 0) return 1
  const held = yield* get(cell)
  const before = held ? Number(held.value) : yield* pick({ at: cell, key: cell, options: Array.from({ length: Math.min(cycle, LONGEST_CYCLE) }, (_, i) => i), source: (setup.directives[0] as Directive).source })
  yield* put(cell, before + 1, Infinity)
  return before
}

const LONGEST_CYCLE = 64

function readOptions({ directives, version }: PluginSetup): Options {
  const properties = directives.flatMap(d => d.properties)
  const last = (name: string): string | undefined => properties.findLast(p => p.name === name && p.args.length > 0)?.args[0]?.value
  const has = (name: string): boolean => properties.some(p => p.name === name)
  const number = (name: string): number => (/^\+?\d{1,9}$/.test(last(name) ?? '') ? Number(last(name)) : has(name) ? DEFAULT_EVERY : 0)
  const delay = number('delay')
  // Without a number it does something since 1.14 only.
  const truncate = last('truncate') === undefined && !since(version, 1, 14, 5) ? 0 : number('truncate')
  const drop = last('drop') === undefined ? (delay > 0 || truncate > 0 ? 0 : DEFAULT_EVERY) : number('drop')
  const duration = properties.findLast(p => p.name === 'delay')?.args[1]?.value ?? ''
  return { drop, delay, truncate, delayMs: goDurationMs(duration) ?? DEFAULT_DELAY_MS, large: has('large') }
}
