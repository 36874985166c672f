// Paths as Go's path/filepath and the process of a CoreDNS pod see them.

/** filepath.Clean. */
export function cleanPath(path: string): string {
  const isAbsolutePath = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!isAbsolutePath) parts.push(part)
  }
  const clean = parts.join('/')
  return isAbsolutePath ? `/${clean}` : clean === '' ? '.' : clean
}

/** A path as the process sees it: the image starts it in the root. */
export const containerPath = (path: string): string => cleanPath(`/${path}`)
