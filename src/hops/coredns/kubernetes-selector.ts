// Label selectors as a Corefile writes them (`labels`, `namespace_labels`): what metav1.ParseToLabelSelector of k8s.io/apimachinery takes, and
// which objects fit. `a=b`, `a==b`, `a in (x, y)`, `a notin (x)`, `a`, `!a`, joined by commas. The grammar has `a!=b`, `a>1` and `a<1` as
// well; that function refuses them.
import { goQuote } from './go-quote.ts'
import { readRequirements, type Requirement } from './kubernetes-selector-parser.ts'
import type { CorednsVersion } from './plugin.ts'

export type Labels = Readonly<Record<string, string>>
export type Selector = (labels: Labels) => boolean

/** A text: CoreDNS refuses to start with it. */
export function parseSelector(text: string, version: CorednsVersion): Selector | string {
  const requirements = readRequirements(text, version)
  if (typeof requirements === 'string') return `couldn't parse the selector string "${text}": ${requirements}`
  const odd = requirements.find(r => r.op === '!=' || r.op === 'gt' || r.op === 'lt')
  if (odd) return odd.op === '!=' ? '"!=" is not a valid label selector operator' : `${goQuote(odd.op)} isn't supported in label selectors`
  return labels => requirements.every(r => meets(r, labels))
}

function meets({ key, op, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (op) {
    case 'exists': return value !== undefined
    case '!': return value === undefined
    case 'notin': return value === undefined || !values.includes(value)
    default: return value !== undefined && values.includes(value)
  }
}
