// Where the values of a JSON text are written. The text is known to be valid JSON (JSON.parse took it), so the scanner only
// finds where things begin and end. A container is scanned when somebody asks for something in it, once.
export interface JsonPlace {
  /** The key with its quotes; absent for list items and the whole text. */
  readonly key?: readonly [start: number, end: number]
  readonly value: readonly [start: number, end: number]
}

export function jsonPlaces(text: string): (path: readonly (string | number)[]) => JsonPlace | undefined {
  const scanned = new Map<number, ReadonlyMap<string, JsonPlace>>()
  const start = skipSpace(text, 0)
  const whole: JsonPlace = { value: [start, text.trimEnd().length] }
  return path => {
    let place = whole
    for (const step of path) {
      const from = place.value[0]
      const opens = text[from]
      if (opens !== '{' && opens !== '[') return undefined
      let children = scanned.get(from)
      if (!children) scanned.set(from, children = opens === '{' ? scanObject(text, from) : scanList(text, from))
      const child = children.get(String(step))
      if (!child) return undefined
      place = child
    }
    return place
  }
}

function scanObject(text: string, open: number): ReadonlyMap<string, JsonPlace> {
  const children = new Map<string, JsonPlace>()
  let at = skipSpace(text, open + 1)
  while (at < text.length && text[at] !== '}') {
    const keyEnd = endOfString(text, at)
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const valueEnd = endOfValue(text, valueStart)
    // The last of several equal keys counts, as for JSON.parse.
    children.set(JSON.parse(text.slice(at, keyEnd)) as string, { key: [at, keyEnd], value: [valueStart, valueEnd] })
    at = skipSpace(text, valueEnd)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return children
}

function scanList(text: string, open: number): ReadonlyMap<string, JsonPlace> {
  const children = new Map<string, JsonPlace>()
  let at = skipSpace(text, open + 1)
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at)
    children.set(String(children.size), { value: [at, end] })
    at = skipSpace(text, end)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return children
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++
  return at
}

function endOfString(text: string, open: number): number {
  let at = open + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return endOfString(text, start)
  let at = start
  if (first !== '{' && first !== '[') {
    while (at < text.length && !/[,\]}\s]/.test(text[at] as string)) at++
    return at
  }
  for (let depth = 0; at < text.length; at++) {
    const c = text[at]
    if (c === '"') at = endOfString(text, at) - 1
    else if (c === '{' || c === '[') depth++
    else if ((c === '}' || c === ']') && --depth === 0) return at + 1
  }
  return at
}
