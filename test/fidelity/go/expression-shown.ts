// How expression/main.go spells a value, and what the functions of CoreDNS answer for a recorded query.
import { int, isDict, isFunc, isList, isTyped, stringOf, type Value } from '../../../src/hops/coredns/expression-value.ts'
import { isInside } from '../../../src/hops/coredns/expression-query.ts'
import type { Caller } from '../../../src/hops/coredns/expression.ts'
import { compareGo } from '../../../src/hops/coredns/go-bytes.ts'
import { goText } from '../../../src/hops/coredns/go-format.ts'
import { goQuote } from '../../../src/hops/coredns/go-quote.ts'
import type { ExpressionQuery } from './expression-cases.ts'

export function shownValue(v: Value): string {
  if (v === null) return 'nil'
  if (typeof v === 'string') return goQuote(v, true).replace(/[\udc80-\udcff]/g, '?')
  if (typeof v === 'bigint') return `int(${v})`
  if (typeof v === 'number') return `float64(${Number.isFinite(v) ? goText({ kind: 'float', value: v }) : Number.isNaN(v) ? 'NaN' : v > 0 ? '+Inf' : '-Inf'})`
  if (isTyped(v)) return `${v.type}(${v.value})`
  if (isFunc(v)) return v.type
  if ((isList(v) || isDict(v)) && v.isNil) return `${v.type}(nil)`
  if (isList(v)) return `${v.type}{${v.items.map(shownValue).join(', ')}}`
  if (isDict(v)) return `${v.type}{${[...v.entries].map(([key, item]) => `${shownValue(key)}: ${shownValue(item)}`).sort(compareGo).join(', ')}}`
  return String(v)
}

export const answersOf = (query: ExpressionQuery): Caller => (name, args) => {
  switch (name) {
    case 'incidr': return isInside(stringOf(args[0] as Value), stringOf(args[1] as Value))
    case 'metadata': return query.metadata[stringOf(args[0] as Value)] ?? ''
    case 'type': return query.type
    case 'name': return query.name
    case 'class': return query.class
    case 'proto': return query.proto
    case 'size': return int(query.size)
    case 'client_ip': return query.client
    case 'port': return query.port
    case 'id': return int(query.id)
    case 'opcode': return int(query.opcode)
    case 'do': return query.do
    case 'bufsize': return int(query.bufsize)
    case 'server_ip': return query.server
    default: return '53'
  }
}
