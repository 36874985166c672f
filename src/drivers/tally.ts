// Sums of exact odds by name: what a distribution is.
import { add, compare, subtract, ZERO, type Rational } from '../chain/rational.ts'

export type Distribution = ReadonlyMap<string, Rational>

export function addTo(tally: Map<string, Rational>, name: string, odds: Rational): void {
  const before = tally.get(name)
  tally.set(name, before === undefined ? odds : add(before, odds))
}

/** Total variation: the largest difference in odds that any set of outcomes can have between the two. */
export function totalVariation(a: Distribution, b: Distribution): Rational {
  const more = excess(a, b)
  const less = excess(b, a)
  // Equal where both are whole distributions; where a bound cut one of them, the larger says more.
  return compare(more, less) >= 0 ? more : less
}

function excess(a: Distribution, b: Distribution): Rational {
  let total = ZERO
  for (const [name, odds] of a) {
    const other = b.get(name) ?? ZERO
    if (compare(odds, other) > 0) total = add(total, subtract(odds, other))
  }
  return total
}
