// The set-up of all blocks in the order in which CoreDNS does it (core/dnsserver/register.go, executeDirectives of coredns/caddy): the keys
// of all blocks; then each plugin in compiled order, block after block; then the sockets. It ends at the first refusal, so what
// comes out here is in that order.
import type { CorednsModel, Directive, ServerBlock } from '../../chain/model.ts'
import type { Problem, Source } from '../../chain/source.ts'
import { readBlockKey, type BlockKey } from './block-keys.ts'
import type { GivenUp } from './dispenser.ts'
import { servingFault, type ServedBlock } from './listeners.ts'
import { isCompiledIn, notCompiledIn } from './node-cache.ts'
import { pluginOrder } from './order.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { dispenserOf, runCheck, type SetupAt } from './setup-check.ts'
import { CHECKS } from './setup-checks.ts'

export interface SetUpBlock extends ServedBlock {
  readonly index: number
  readonly block: ServerBlock
  readonly uses: ReadonlyMap<string, readonly Directive[]>
}

/** Where in the order something was refused, and where in the Corefile. */
export interface StartRefusal {
  /** As printed, without the place. */
  readonly text: string
  readonly plugin: string | undefined
  readonly block: number
  /** Place in the container, where the words of a plugin were read. */
  readonly at?: { readonly path: string; readonly line: number }
  readonly source: Source | undefined
  /** `start`: when all set-ups are done, after the lines of the start so far. `panic`: the process ends with code 2. */
  readonly when?: 'start'
  readonly how?: GivenUp
}

export interface BlockSetup {
  readonly blocks: readonly SetUpBlock[]
  /** In the order in which CoreDNS would meet them. */
  readonly refusals: readonly StartRefusal[]
  /** Lines of the log up to the first refusal, and those of the start. */
  readonly printed: readonly string[]
  readonly printedAtStart: readonly string[]
}

export function setUpBlocks(model: CorednsModel, version: CorednsVersion, report: (problem: Problem) => void): BlockSetup {
  const refusals: StartRefusal[] = []
  const printed: string[] = []
  const printedAtStart: string[] = []
  const atStart: StartRefusal[] = []
  // Behind all blocks.
  const last = model.corefile.blocks.length
  // The plugin whose set-up runs.
  let source: Source | undefined
  const says = {
    print: (line: string): void => { if (refusals.length === 0) printed.push(line) },
    printAtStart: (line: string): void => { if (atStart.length === 0) printedAtStart.push(line) },
    refuseAtStart: (text: string, how?: GivenUp): void =>
      void atStart.push({ text, plugin: undefined, block: last, source, when: 'start', ...(how && { how }) }),
  }
  const drafts = model.corefile.blocks.map((block, index) => draftOf(model, version, since(version, ...CHECKED_SINCE) ? block : withoutWords(block), index, refusals, says))
  for (const { keys } of drafts) for (const key of keys) if (key.unreachable) sayUnreachable(key, version, report)
  for (const name of pluginOrder(version)) {
    const check = CHECKS.get(name)
    if (!isCompiledIn(model.build, name)) {
      refusals.push(...drafts.filter(d => d.uses.has(name)).map(d => ({ text: notCompiledIn(name), plugin: name, block: d.index, source: d.uses.get(name)?.[0]?.source })))
      continue
    }
    if (!check) continue
    for (const draft of drafts) {
      if (!draft.uses.has(name) || !draft.block.uses) continue
      source = draft.uses.get(name)?.[0]?.source
      const c = dispenserOf(draft.block, name, version)
      const refused = runCheck(check, c, draft.at)
      if (!refused) continue
      const { word, how } = refused
      refusals.push({
        text: how === undefined ? `plugin/${name}: ${refused.message}` : refused.message, plugin: name, block: draft.index, source: word?.source,
        ...(word && { at: { path: word.path, line: word.line } }), ...(how && { how }),
      })
    }
  }
  const blocks = drafts.map(({ at, ...rest }): SetUpBlock => ({ ...rest, addresses: at.addresses, isBoundNowhere: at.isBoundNowhere, sockets: at.sockets, hasTls: at.hasTls }))
  const fault = servingFault(blocks, version)
  if (fault) refusals.push({ text: fault.text, plugin: undefined, block: last, source: fault.key.key.source })
  refusals.push(...atStart)
  return { blocks, refusals, printed, printedAtStart }
}

/** What earlier releases took and refused, nobody looked at: only what the handlers themselves refuse counts there. */
export const CHECKED_SINCE = [1, 7] as const

function withoutWords(block: ServerBlock): ServerBlock {
  const { uses: _, ...rest } = block
  return rest
}

type Draft = Omit<SetUpBlock, 'addresses' | 'isBoundNowhere' | 'sockets' | 'hasTls'> & { readonly at: SetupAt }

function draftOf(
  model: CorednsModel, version: CorednsVersion, block: ServerBlock, index: number, refusals: StartRefusal[], says: Pick<SetupAt, 'print' | 'printAtStart' | 'refuseAtStart'>,
): Draft {
  const keys = block.keys.flatMap(key => {
    const read = readBlockKey(key, version, model.machine?.dnsPort)
    if (typeof read !== 'string') return [read]
    refusals.push({ text: `error inspecting server blocks: ${read}`, plugin: undefined, block: -1, source: key.source })
    return []
  })
  const uses = Map.groupBy(block.directives, d => d.name)
  // Where the words are not there, `bind` is taken as it stands.
  const addresses = block.uses ? [] : (uses.get('bind') ?? []).flatMap(d => d.args.map(a => a.value))
  const at: SetupAt = { version, zones: keys.flatMap(k => k.zones), port: keys[0]?.port, model, has: plugin => uses.has(plugin), root: '', hasTls: false, addresses, isBoundNowhere: false, sockets: 1, ...says }
  return { index, block, keys, uses, hasView: uses.has('view'), at }
}

function sayUnreachable(key: BlockKey, version: CorednsVersion, report: (problem: Problem) => void): void {
  const message = `CoreDNS ${version.join('.')} never matches the upper-case letters of ${key.key.value}: queries for this zone do not come here`
  report({ code: 'corefile-upper-case-key', message, source: key.key.source, state: 'ignored' })
}
