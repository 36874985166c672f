// The file of `loadbalance weighted`: plugin/loadbalance/weighted.go parseWeights, 1.10.0 to 1.15.0. A line of one word is a name, the lines of
// two words behind it are addresses and their weights.
import { parseAddress } from '../../dns/go-address.ts'
import { isFault, parseUint } from './go-number.ts'
import { since, type CorednsVersion } from './plugin.ts'

export interface Weight { readonly address: string; readonly weight: number }

/** By absolute name, as written; a text: what is wrong. `path` as the block's `root` leaves it. */
export function readWeights(text: string, path: string, version: CorednsVersion): ReadonlyMap<string, readonly Weight[]> | string {
  // Up to 1.12.1 the texts begin with a capital.
  const said = (words: string): string => `${since(version, 1, 12, 2) ? words : words.charAt(0).toUpperCase() + words.slice(1)}`
  const weights = new Map<string, Weight[]>()
  let mine: Weight[] | undefined
  for (const line of text.split('\n').map(l => l.trim()).filter(l => l !== '' && !l.startsWith('#'))) {
    const [first = '', value, ...more] = line.split(/\s+/)
    const address = parseAddress(first)
    if (more.length > 0) return said(`could not parse weight line:"${line}" in weight file ${path}`)
    if (value === undefined) {
      if (address) return said(`wrong domain name:"${first}" in weight file ${path}. (Maybe a missing weight value?)`)
      const name = first.endsWith('.') ? first : `${first}.`
      mine = weights.get(name) ?? []
      weights.set(name, mine)
      continue
    }
    if (!address) return said(`wrong IP address:"${first}" in weight file ${path}`)
    const weight = parseUint(value, 8)
    if (isFault(weight) || weight.value === 0) return said(`wrong weight value:"${value}" in weight file ${path}`)
    if (!mine) return said(`missing domain name in weight file ${path}`)
    mine.push({ address: address.text, weight: weight.value })
  }
  return weights
}
