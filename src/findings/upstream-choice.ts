// The choice of an upstream, as findings see it: which servers one `forward` (or `proxy`) line picks from, and what each ends in.
import { toNumber } from '../chain/rational.ts'
import type { CorednsModel, Directive, ServerBlock } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import type { Case, Deciding } from './case.ts'

export interface UpstreamChoice {
  readonly deciding: Deciding
  readonly server: CorednsModel
  /** Index of the block in the Corefile, and the directive in it. */
  readonly blockIndex: number
  readonly directiveIndex: number
  readonly block: ServerBlock
  readonly forward: Directive
  /** Addresses whose choice always ends in an answer; never; and those that no evidence tells. */
  readonly knows: readonly UpstreamOption[]
  readonly denies: readonly UpstreamOption[]
  readonly untold: readonly UpstreamOption[]
}

export interface UpstreamOption {
  readonly address: string
  readonly source: Source | undefined
}

/** Choices among upstreams that decide how the lookup ends, most influential first. */
export function upstreamChoices(c: Case): UpstreamChoice[] {
  const found: UpstreamChoice[] = []
  for (const deciding of c.decidedBy) {
    if (deciding.unknown || deciding.influence <= 0) continue
    const place = forwardAt(c, deciding)
    if (!place) continue
    const options = deciding.alternatives.map(a => ({ address: a.taken.replace(/:53$/, ''), source: a.source, success: successOf(a.ends) }))
    found.push({
      deciding, ...place,
      knows: options.filter(o => o.success.min === 1),
      denies: options.filter(o => o.success.max === 0),
      untold: options.filter(o => o.success.min !== 1 && o.success.max !== 0),
    })
  }
  return found
}

function successOf(ends: Deciding['alternatives'][number]['ends']): { min: number; max: number } {
  let min = 0
  let max = 0
  for (const [key, odds] of ends) if (key.startsWith('answer')) [min, max] = [min + toNumber(odds.min), max + toNumber(odds.max)]
  return { min: Math.min(min, 1), max: Math.min(max, 1) }
}

function forwardAt(c: Case, deciding: Deciding): Pick<UpstreamChoice, 'server' | 'blockIndex' | 'directiveIndex' | 'block' | 'forward'> | undefined {
  const source = deciding.source
  if (!source) return undefined
  for (const server of c.servers) {
    for (const [blockIndex, block] of server.corefile.blocks.entries()) {
      for (const [directiveIndex, forward] of block.directives.entries()) {
        if ((forward.name === 'forward' || forward.name === 'proxy') && forward.source.file === source.file && forward.source.start === source.start && deciding.at.includes(server.pod))
          return { server, blockIndex, directiveIndex, block, forward }
      }
    }
  }
  return undefined
}

/** RFC 1918, 6598, 4193, loopback and link-local: an address a public resolver cannot have. */
export const isPrivateAddress = (address: string): boolean =>
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address) || /^(f[cd]|fe80:|::1$)/i.test(address)
