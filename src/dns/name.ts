// Names in presentation form. A name here is text with a trailing dot; case is kept, comparison folds ASCII only.

const foldAscii = (s: string): string => s.replace(/[A-Z]+/g, upper => upper.toLowerCase())

/** The comparison key of a name: ASCII lower case, with trailing dot. */
export const nameKey = (name: string): string => foldAscii(absolute(name))
export const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b)

/** Ends in an unescaped dot. */
export function isAbsolute(name: string): boolean {
  if (!name.endsWith('.')) return false
  let backslashes = 0
  for (let at = name.length - 2; at >= 0 && name[at] === '\\'; at--) backslashes++
  return backslashes % 2 === 0
}

export const absolute = (name: string): string => (name === '' ? '.' : isAbsolute(name) ? name : `${name}.`)

/** `parts` one below the other, the last an absolute name: dnsutil.Join. */
export const joinNames = (...parts: readonly string[]): string => absolute((parts.at(-1) === '.' ? parts.slice(0, -1) : parts).join('.'))

/** As people write a name; the root stays. */
export const withoutDot = (name: string): string => (name === '.' ? name : name.replace(/\.$/, ''))

/** Labels, escapes kept; the root has none. */
export function labelsOf(name: string): string[] {
  const labels: string[] = []
  let label = ''
  for (let at = 0; at < name.length; at++) {
    const c = name[at] as string
    if (c === '\\') {
      const escape = /^\\(\d{3}|[^])/.exec(name.slice(at))
      label += escape ? escape[0] : c
      at += escape ? escape[0].length - 1 : 0
    } else if (c === '.') {
      if (label !== '') labels.push(label)
      label = ''
    } else label += c
  }
  if (label !== '') labels.push(label)
  return labels
}

/** Wire length of a name in octets, escapes counting as one (RFC 1035 §2.3.4: at most 255). */
export const wireLength = (name: string): number =>
  labelsOf(name).reduce((total, label) => total + 1 + label.replace(/\\(\d{3}|[^])/g, 'x').length, 1)

/** True when `name` is `zone` or below it. */
export function isSubdomain(zone: string, name: string): boolean {
  const z = nameKey(zone)
  const n = nameKey(name)
  return z === '.' || n === z || n.endsWith(`.${z}`)
}

/** RFC 1035 lengths: 63 octets a label, 255 a name. */
export const isDomainName = (name: string): boolean =>
  name !== '' && !/(^|[^\\])\.\./.test(name) && (name === '.' || !name.startsWith('.')) && wireLength(name) <= 255 &&
  labelsOf(name).every(label => label.replace(/\\(\d{3}|[^])/g, 'x').length <= 63)
