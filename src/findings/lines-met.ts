// The questions that one lookup sends, in the order of its search, and the forward lines that they meet.
import { compare, ZERO } from '../chain/rational.ts'
import type { CorednsModel } from '../chain/model.ts'
import { libcOf } from '../chain/stub-libc.ts'
import { absolute, isAbsolute, isSubdomain, labelsOf, nameKey } from '../dns/name.ts'
import type { Case } from './case.ts'
import { blockFor, forwardLinesFor, type ForwardLine } from './forward-targets.ts'

/** kubelet hands on at most 32 (Kubernetes 1.28); a longer list is nobody’s. */
const SUFFIXES = 32

/** Names that the lookup may ask for, absolute; `ndots` is 1 where no option says otherwise. musl asks a name with `ndots` dots alone. */
export function questionsOf(c: Case): string[] {
  const { name, stub } = c.question
  const bare = nameKey(absolute(name))
  if (isAbsolute(name)) return [bare]
  const { lines } = stub.resolvConf
  const option = lines.filter(l => l.keyword === 'options').flatMap(l => l.words).filter(w => w.value.startsWith('ndots:')).at(-1)
  const words = lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  const searched = words.filter(w => w.value !== '.').slice(0, SUFFIXES).map(w => nameKey(absolute(`${name}.${w.value}`)))
  if (labelsOf(bare).length - 1 < Number(option?.value.slice(6) ?? 1)) return [...searched, bare]
  return libcOf(stub)?.kind === 'musl' ? [bare] : [bare, ...searched]
}

/** A line is met when an earlier question may have been denied. Each once, in order. */
export function linesMet(c: Case, server: CorednsModel): ForwardLine[] {
  const met: ForwardLine[] = []
  const names = questionsOf(c)
  const lines = names.map(name => (isOwn(server, name) ? undefined : forwardLinesFor(server, name)[0]))
  const isNew = (line: ForwardLine | undefined): line is ForwardLine => line !== undefined && !met.some(m => m.forward === line.forward)
  for (const [i, name] of names.entries()) {
    const line = lines[i]
    if (isNew(line)) met.push(line)
    if (!lines.slice(i + 1).some(isNew) || !mayGoOn(c, name)) break
  }
  return met
}

/** The kubernetes plugin has the last word on this name. */
export function isOwn(server: CorednsModel, name: string): boolean {
  const plugin = blockFor(server, name)?.directives.find(d => d.name === 'kubernetes')
  if (!plugin?.args.some(zone => !zone.value.includes('/') && isSubdomain(zone.value, name))) return false
  const on = plugin.properties.find(p => p.name === 'fallthrough')
  return on === undefined || (on.args.length > 0 && !on.args.some(zone => isSubdomain(zone.value, name)))
}

function mayGoOn(c: Case, name: string): boolean {
  const replies = c.replies(name, c.question.family === 'inet6' ? 'AAAA' : 'A')
  return replies.size === 0 || [...replies].some(([result, { max }]) => result !== 'answer' && compare(max, ZERO) > 0)
}
