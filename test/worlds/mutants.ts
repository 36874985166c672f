// The judge's judge: the explorer's own source with one mistake in it, loaded from a temporary copy. A mutant that nobody
// notices would mean that the random worlds do not test what it broke.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ExploreLike } from './compare.ts'

export interface Mutant {
  readonly name: string
  readonly file: string
  /** Must occur exactly once. */
  readonly find: string
  readonly put: string
}

const mutant = (name: string, file: string, find: string, put: string): Mutant => ({ name, file: `${file}.ts`, find, put })

export const MUTANTS: readonly Mutant[] = [
  // The memo.
  mutant('memo guard dropped', 'frame',
    "return entry.reads.every(read => (caller ? lookAgain(caller, read, false) : '') === read.saw)",
    'return true'),
  mutant('a reuse does not depend on what was reused', 'frame',
    'if (reused) for (const read of entry.reads) lookAgain(caller, read, true)',
    ''),
  mutant('offset of a look forgotten', 'frame', 'const now = caller.path.elapsedMs', 'const now = 0'),
  mutant('age not part of what was seen', 'frame',
    '${seen.version.kind} ${seen.ageMs} ${seen.version.text}',
    '${seen.version.kind} ${seen.version.text}'),
  mutant('loop memoised', 'frame', 'for (const id of entry.looped) if (!open.has(id)) return false', ''),
  mutant('a loop missed where a result is reused', 'frame', 'for (const id of open) if (entry.entered.has(id)) return false', ''),
  // Time.
  mutant('shift of times forgotten', 'timeline',
    'sinceMs: v.sinceMs + shiftMs, untilMs: v.untilMs + shiftMs',
    'sinceMs: v.sinceMs, untilMs: v.untilMs'),
  mutant('when it was put is not shifted', 'timeline', 'sinceMs: v.sinceMs + shiftMs, untilMs', 'sinceMs: v.sinceMs, untilMs'),
  mutant('expiry off', 'timeline', 'live: atMs < version.untilMs }', 'live: true }'),
  mutant('a cell lives one instant too long', 'timeline', 'live: atMs < version.untilMs }', 'live: atMs <= version.untilMs }'),
  mutant('what is put later is seen at once', 'timeline', 'if (version.sinceMs <= atMs)', 'if (version.sinceMs <= Infinity)'),
  mutant('time of a call not added', 'calls', 'later(after(path, o.path), o.path.elapsedMs)', 'after(path, o.path)'),
  mutant('sleep takes no time', 'calls', 'later(path, e.ms)', 'later(path, 0)'),
  mutant('parallel asks one after the other in time', 'asks',
    'path: after(so.path, ending.path),',
    'path: later(after(so.path, ending.path), elapsedMs),'),
  // Asking.
  mutant('LOST treated as a reply', 'asks', 'ending.value !== LOST && elapsedMs', 'elapsedMs'),
  mutant('time-outs not added', 'asks', '? lastOf(replies) : e.timeoutMs', '? lastOf(replies) : lastOf(replies)'),
  mutant('late replies accepted', 'asks', ' && elapsedMs <= e.timeoutMs', ''),
  mutant('a reply at the last instant is late', 'asks', 'elapsedMs <= e.timeoutMs', 'elapsedMs < e.timeoutMs'),
  mutant('order of arrival ignored', 'orders',
    'for (const next of rest.filter(r => r.atMs === firstMs))',
    'for (const next of rest.filter(r => r.atMs === firstMs).slice(0, 1))'),
  mutant('never enough', 'orders', 'if (got.length > 0 && enough(got))', 'if (got.length > 99 && enough(got))'),
  mutant('commute check off', 'asks',
    'frame.clashing.has(what) ? undefined : clash(first, entry)',
    'frame.clashing.has(what) ? undefined : undefined as string | undefined'),
  mutant('commute check sees no puts of the second', 'orders',
    'if (read.atMs !== undefined && second.puts.has(read.key)) return read.key',
    ''),
  mutant('two laws of one key unnoticed', 'orders', 'if (others && new Set([...laws, ...others]).size > 1) return key', ''),
  mutant('an order summed out', 'orders', 'const idle = others.length > 0 && ', 'const idle = others.length > 0 || '),
  // Chance, keys and worlds.
  mutant('odds merged wrongly', 'path', 'odds: add(a.odds, b.odds)', 'odds: a.odds'),
  mutant('keyed pick redrawn', 'choices', 'if (drawn) return [{ path, value: drawn.is }]', ''),
  mutant('what a callee drew is forgotten', 'path', 'draws: union(path.draws, callee.draws)', 'draws: path.draws'),
  mutant('what a callee put is forgotten', 'path', 'cells: withVersions(path.cells, callee.cells, path.elapsedMs)', 'cells: path.cells'),
  mutant('a world summed out', 'path', '${drawsText(path.world, worldWithout)}', ''),
  mutant('an unknown given made-up odds', 'choices',
    'pinned ? ONE : pick.odds?.[i] ?? ONE',
    'pinned ? ONE : pick.odds?.[i] ?? ([1n, BigInt(pick.options.length)] as Rational)'),
  mutant('an unknown that matters left out', 'explore',
    'withoutIdleOrders(endings, () => true)',
    'endings.map(e => ({ ...e, path: { ...e.path, world: FRESH.draws } }))'),
  mutant('forget too early', 'calls', 'isOwnKey(key) || !forgets(query, key)', 'isOwnKey(key)'),
  mutant('what cannot be is explored', 'choices', ".filter(i => pick.odds?.[i]?.[0] !== 0n)\n}", '\n}'),
  // What cells held before.
  mutant('a held cell never runs out', 'held',
    'holding(byOdds(path, each), e.cell, s, i - 1, path.elapsedMs, path.elapsedMs)',
    'holding(byOdds(path, each), e.cell, s, i - 1, -Infinity, Infinity)'),
  mutant('a cell that feeds itself found empty', 'held', 'if (known.open) x.selfFeeding = true', ''),
  mutant('contents of cells worked out in one round', 'held', 'if (!x.grew) return endings', 'return endings'),
  mutant('a reply that is not stored is held', 'held', 'if (!(lifeMs > 0)) continue', ''),
  mutant('a held cell is never empty', 'held',
    'return [undefined, ...stored].map((s, i)',
    'return (stored.length > 0 ? stored : [undefined]).map((s, i)'),
]

/** Of sockets that stay open; random worlds with such sockets tell them. */
export const SOCKET_MUTANTS: readonly Mutant[] = [
  mutant('late replies forgotten', 'asks', 'const arrived = inTime || (e.open !== undefined && ending.value !== LOST)', 'const arrived = inTime'),
  mutant('a ticket does not count down', 'in-flight', 'inMs: atMs - waitedMs', 'inMs: atMs'),
  mutant('what is under way is there at once', 'asks', 'all.filter(r => r.atMs <= e.timeoutMs)', 'all'),
  mutant('tickets are not waited for', 'asks', '[...replies, ...landings(e.open, e.asks.length)]', 'replies'),
  mutant('a reply is heard twice', 'in-flight', 'all.filter(reply => !got.includes(reply))', 'all.filter(reply => reply !== null)'),
]

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** Copies of the explorer's source, one for each mutant. `dispose` removes them. */
export class MutantFarm {
  private readonly dir = mkdtempSync(join(tmpdir(), 'whydns-mutants-'))
  private bred = 0

  /** Asserts that the source still has the text that the mutant changes: else the mutant would test nothing. */
  async breed(m: Mutant): Promise<ExploreLike> {
    const root = join(this.dir, String(this.bred++))
    for (const folder of ['drivers', 'chain']) {
      mkdirSync(join(root, folder), { recursive: true })
      for (const name of readdirSync(join(SRC, folder))) {
        if (name.endsWith('.ts') && !name.endsWith('.test.ts')) cpSync(join(SRC, folder, name), join(root, folder, name))
      }
    }
    writeFileSync(join(root, 'package.json'), '{"type":"module"}')
    const file = join(root, 'drivers', m.file)
    const source = readFileSync(file, 'utf8')
    const parts = source.split(m.find)
    if (parts.length !== 2) throw new Error(`mutant "${m.name}": its text occurs ${parts.length - 1} times in src/drivers/${m.file}`)
    writeFileSync(file, parts.join(m.put))
    const entry = pathToFileURL(join(root, 'drivers', 'explore.ts')).href
    const { explore } = (await import(/* @vite-ignore */ entry)) as { explore: ExploreLike }
    return explore
  }

  dispose(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}
