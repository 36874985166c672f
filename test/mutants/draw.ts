// Which of all possible mutants a seed draws: evenly spread over the sources, so that a file has as many as its size says.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFixture, programOf, type Json } from '../fidelity/programs.ts'
import { dice } from '../support/dice.ts'
import { ascending, sitesOf, type Releases, type Site } from './sites.ts'

export interface Mutant extends Omit<Site, 'puts'> {
  readonly put: string
}

/** Where the sources of hops, without tests, can be changed. `root`: the tree. `only`: one file, or what several begin with. */
export function sitesIn(root: string, rows: readonly Json[], only = ''): readonly Site[] {
  const recorded = recordedReleases(rows)
  const files = readdirSync(join(root, HOPS), { recursive: true, encoding: 'utf8' }).map(path => `${HOPS}/${path}`)
  return files.filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts') && file.startsWith(only)).sort()
    .flatMap(file => sitesOf(file, readFileSync(join(root, file), 'utf8'), recorded.get(modelledBy(file)) ?? []))
}

const HOPS = 'src/hops'

/** One from each of `count` equal stretches of all sites, in the order of files and lines. */
export function draw(sites: readonly Site[], count: number, seed: number): readonly Mutant[] {
  const roll = dice(seed)
  const wanted = Math.min(count, sites.length)
  return Array.from({ length: wanted }, (_, i) => {
    const [from, to] = [Math.floor(i * sites.length / wanted), Math.floor((i + 1) * sites.length / wanted)]
    const { puts, ...site } = sites[from + roll(to - from)] as Site
    return { ...site, put: puts[roll(puts.length)] as string }
  })
}

/** `text`: the file of the mutant. */
export const mutated = (text: string, { start, end, put }: Mutant): string => text.slice(0, start) + put + text.slice(end)

/** The line with the mutation in it, as it was and as it is. */
export function shown(text: string, mutant: Mutant): { readonly was: string; readonly is: string } {
  const from = text.lastIndexOf('\n', mutant.start - 1) + 1
  const to = (text.indexOf('\n', mutant.end) + 1 || text.length + 1) - 1
  const tidy = (lines: string): string => lines.replaceAll(/\s*\n\s*/g, ' ').trim()
  return { was: tidy(text.slice(from, to)), is: tidy(text.slice(from, mutant.start) + mutant.put + text.slice(mutant.end, to)) }
}

/** `src/hops/coredns/cache.ts` models coredns, `src/hops/musl-stub.ts` musl: the names that rows give their programs. */
const modelledBy = (file: string): string => /^src\/hops\/([a-z]+)/.exec(file)?.[1] ?? ''

function recordedReleases(rows: readonly Json[]): ReadonlyMap<string, Releases> {
  const places = rows.filter(row => !isFixture(row)).flatMap(row => programOf(row)?.placeOf(row) ?? [])
  return new Map([...Map.groupBy(places, place => place.program)].map(([program, mine]) =>
    [program, ascending([...new Set(mine.map(place => place.version))].filter(text => /^\d+(?:\.\d+)+$/.test(text)).map(text => text.split('.').map(Number)))]))
}
