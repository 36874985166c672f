// The nearest known word to a mistyped one.

/** Edit distance with neighbours swapped as one edit (optimal string alignment); both words are short. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] as number) + 1 : Infinity
      row.push(Math.min(substitution, swapped, (last[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    before = last
    last = row
  }
  return last[b.length] as number
}

/** Known words within a third of the word's length, nearest first; at most three. */
export function nearest(word: string, known: readonly string[]): string[] {
  if (word.length > 64) return []
  const limit = Math.max(1, Math.floor(word.length / 3))
  return known.map(each => ({ each, distance: each.startsWith(word) && word.length > 2 ? 1 : editDistance(word, each) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.each < b.each ? -1 : 1))
    .slice(0, 3).map(({ each }) => each)
}
