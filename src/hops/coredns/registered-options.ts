// The EDNS options that CoreDNS echoes because a plugin said so (plugin/pkg/edns SetSupportedOption): the codes of `rewrite edns0 local`, of all
// server blocks of the process.
import type { Corefile, CorednsModel } from '../../chain/model.ts'
import { isFault } from './go-number.ts'
import { parseUintAny } from './go-uint.ts'

const known = new WeakMap<Corefile, ReadonlySet<number>>()

export function registeredOptions(model: Pick<CorednsModel, 'corefile'>): ReadonlySet<number> {
  let codes = known.get(model.corefile)
  if (!codes) known.set(model.corefile, codes = codesOf(model.corefile))
  return codes
}

function codesOf(corefile: Corefile): ReadonlySet<number> {
  const codes = new Set<number>()
  for (const { name, args } of corefile.blocks.flatMap(b => b.directives)) {
    if (name !== 'rewrite') continue
    const words = args.map(a => a.value)
    if (/^(continue|stop)$/i.test(words[0] ?? '')) words.shift()
    const code = /^edns0$/i.test(words[0] ?? '') && /^local$/i.test(words[1] ?? '') ? parseUintAny(words[3] ?? '', 16) : undefined
    if (code && !isFault(code)) codes.add(code.value)
  }
  return codes
}
