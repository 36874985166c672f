// Which files an `import` line of a Corefile names: caddyfile/parse.go doImport of coredns/caddy 1.1.1 to 1.1.4, filepath.Glob with the
// one `*` and the one `?` it allows.
// Not modelled: patterns with a backslash, symbolic links, files that cannot be read.
export type Imported =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'none'; readonly isPattern: boolean }
  | { readonly kind: 'refused'; readonly message: string }

/** `directory` is that of the file the line stands in; `paths` are all files there are. */
export function importedPaths(pattern: string, directory: string, paths: Iterable<string>): Imported {
  // A relative pattern is cleaned, an absolute one is taken as it is.
  const glob = pattern.startsWith('/') ? pattern : cleanPath(`${directory}/${pattern}`)
  const twice = (mark: string): boolean => glob.split(mark).length > 2
  if (twice('*') || twice('?') || (glob.includes('[') && glob.includes(']')))
    return { kind: 'refused', message: `Glob pattern may only contain one wildcard (*), but has others: ${glob}` }
  const found = new Set<string>()
  for (const path of paths) {
    if (matchesGlob(glob, path)) found.add(path)
    else {
      const above = directoriesOf(path).find(d => matchesGlob(glob.replace(/(.)\/+$/, '$1'), d))
      if (above !== undefined) return { kind: 'refused', message: `Could not import ${above}: is a directory` }
    }
  }
  if (found.size === 0) return { kind: 'none', isPattern: /[*?[\]]/.test(glob) }
  return { kind: 'files', paths: [...found].sort(byParts) }
}

/** In the order in which directories are listed: part by part. */
function byParts(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string]
    if (x !== y) return x < y ? -1 : 1
  }
  return left.length - right.length
}

const directoriesOf = (path: string): string[] => {
  const parts = path.split('/')
  return parts.slice(1, -1).map((_, i) => parts.slice(0, i + 2).join('/'))
}

function cleanPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/')
}

/** One `*` and one `?` at most; neither matches a `/`. */
function matchesGlob(glob: string, path: string): boolean {
  const star = glob.indexOf('*')
  const like = (pattern: string, text: string): boolean =>
    pattern.length === text.length && [...pattern].every((c, i) => c === text[i] || (c === '?' && text[i] !== '/'))
  if (star < 0) return like(glob, path)
  const [head, tail] = [glob.slice(0, star), glob.slice(star + 1)]
  const middle = path.slice(head.length, path.length - tail.length)
  return path.length >= head.length + tail.length && !middle.includes('/') &&
    like(head, path.slice(0, head.length)) && like(tail, path.slice(path.length - tail.length))
}
