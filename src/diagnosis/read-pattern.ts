// `--name '*.corp.example'`: which names are wanted. A name with a search suffix behind it is the same name.
import { nameKey } from '../dns/name.ts'

const LONGEST = 300

export function namePattern(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '' || pattern === '*') return () => true
  const parts = nameKey(pattern.slice(0, LONGEST)).split('*')
  return name => {
    const key = nameKey(name)
    let at = 0
    // Greedy from the left: what lies behind the last part may be a suffix.
    for (const [i, part] of parts.entries()) {
      const found = i === 0 ? (key.startsWith(part) ? 0 : -1) : key.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return true
  }
}
