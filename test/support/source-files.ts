// The files of this repository, for the tests that read them as text.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const NOT_OURS = new Set(['node_modules', '.git', 'coverage', '.cache'])

/** Paths from the root, with `/`, sorted. Links are files, not followed. */
export function filesUnder(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).filter(entry => !NOT_OURS.has(entry.name)).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Code with comments and the contents of strings taken out, line by line where they were. */
export function codeOnly(text: string): string {
  const pattern = /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`|(?<=[=(,:?&|!{[;\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g
  return text.replace(pattern, found => found.replace(/[^\n]/g, ' '))
}

export const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]|\}\s*from\s+['"]([^'"]+)['"]/g)]
    .flatMap(match => match.slice(1).find(found => found !== undefined) ?? [])

