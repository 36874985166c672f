// Label selectors as Kubernetes matches them (apimachinery LabelSelectorAsSelector): `matchLabels` and the plain map of a Service, and
// `matchExpressions` with In, NotIn, Exists, DoesNotExist; node selector terms add Gt and Lt. Nothing in it = nothing to fail.
import { isFields, listOf, textMapOf, textOf, textsOf } from './fields.ts'

type Labels = Readonly<Record<string, string>>

/** `spec.selector` of a Service: every pair. An empty selector takes no pod. */
export function matchesLabels(selector: unknown, labels: Labels): boolean {
  const pairs = Object.entries(textMapOf(selector))
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)
}

/** A LabelSelector; null takes nothing, an empty one everything. */
export function matchesSelector(selector: unknown, labels: Labels): boolean {
  if (!isFields(selector)) return false
  return Object.entries(textMapOf(selector, 'matchLabels')).every(([key, value]) => labels[key] === value)
    && listOf(selector, 'matchExpressions').every(one => matchesExpression(one, labels))
}

export function matchesExpression(expression: unknown, labels: Labels): boolean {
  const value = labels[textOf(expression, 'key') ?? '']
  const values = textsOf(expression, 'values')
  switch (textOf(expression, 'operator')) {
    case 'In': return value !== undefined && values.includes(value)
    case 'NotIn': return value === undefined || !values.includes(value)
    case 'Exists': return value !== undefined
    case 'DoesNotExist': return value === undefined
    case 'Gt': return value !== undefined && Number(value) > Number(values[0])
    case 'Lt': return value !== undefined && Number(value) < Number(values[0])
    default: return false
  }
}
