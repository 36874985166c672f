// `rewrite name regex FROM TO metadata`, since 1.15.0: plugin/rewrite/name_metadata.go. Placeholders of TO are groups and metadata labels;
// what they stand for is text, not looked at again. A label without a value: the rule does not fit.
import { absolute } from '../../dns/name.ts'
import { atoi, isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import type { GoRegexp } from './go-regexp.ts'
import { isLabel } from './metadata-label.ts'
import type { Metadata } from './rewrite-rule.ts'
import { RuleRefused } from './rewrite-text.ts'

type Part = { readonly text: string } | { readonly group: number } | { readonly label: string }

/** @throws RuleRefused */
export function metadataName(regexp: GoRegexp, to: string): (name: string, metadata: Metadata) => string | undefined {
  const parts = partsOf(absolute(to), regexp.groups)
  return (name, metadata) => {
    const groups = regexp.match(name)
    if (!groups) return undefined
    let result = ''
    for (const part of parts) {
      const text = 'text' in part ? part.text : 'group' in part ? groups[part.group] : metadata(part.label)?.toLowerCase()
      if (text === undefined || ('label' in part && text === '')) return undefined
      result += text
    }
    return result
  }
}

function partsOf(template: string, groups: number): readonly Part[] {
  const parts: Part[] = []
  for (let at = 0; at < template.length;) {
    const open = template.indexOf('{', at)
    const text = open < 0 ? template.slice(at) : template.slice(at, open)
    if (text.includes('}')) throw new RuleRefused('unmatched closing brace in metadata name replacement')
    if (text !== '') parts.push({ text: text.toLowerCase() })
    if (open < 0) break
    const close = template.indexOf('}', open)
    if (close < open) throw new RuleRefused('unclosed placeholder in metadata name replacement')
    parts.push(placeholder(template.slice(open + 1, close), groups))
    at = close + 1
  }
  return parts
}

function placeholder(label: string, groups: number): Part {
  const number = atoi(label)
  if (!isFault(number)) {
    if (number.value >= 0 && number.value <= groups) return { group: number.value }
    throw new RuleRefused(`capture group ${label} does not exist in name matching pattern`)
  }
  if (!isLabel(label) || label.includes('{')) throw new RuleRefused(`invalid metadata label ${goQuote(label)} in name replacement`)
  return { label }
}
