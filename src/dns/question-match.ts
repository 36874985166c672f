// Whether a reply answers what was asked: name and type of its question, letters in any case. A `rewrite` of CoreDNS that is not undone sends others.
import type { DnsQuery, Reply } from './message.ts'
import { nameKey } from './name.ts'

export const isForOther = ({ question }: Reply, query: Pick<DnsQuery, 'name' | 'type'>): boolean =>
  question !== undefined && (nameKey(question.name) !== nameKey(query.name) || question.type !== query.type)
