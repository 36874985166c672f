// The house rules about documents and about what is committed.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findings } from '../src/findings/index.ts'
import { filesUnder, read, ROOT } from './support/source-files.ts'

const FILES = filesUnder()
const MARKDOWN = FILES.filter(path => path.endsWith('.md') && !path.startsWith('examples/'))
const OURS = FILES.filter(path => !path.startsWith('examples/') && path !== 'package-lock.json' && path !== 'LICENSE' && !/\.(?:gz|zst|pcap|png)$/.test(path))

/** Relative links, and paths in backticks that begin with a folder of this repository. */
export function pathsNamedIn(markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(match => match[1] as string)
  const ticked = [...markdown.matchAll(/`((?:src|test|docs|examples|scripts|bench|bin|\.ci)\/[^`\s*<>{}…:]*)`/g)].map(match => `/${match[1] as string}`)
  return [...links, ...ticked]
}

test('every path named in a document exists', () => {
  const missing = MARKDOWN.flatMap(path => pathsNamedIn(read(path))
    .filter(named => !existsSync(named.startsWith('/') ? join(ROOT, named) : join(ROOT, dirname(path), named))).map(named => `${path}: ${named}`))
  expect(missing).toEqual([])
})

test('documents for users exist in both languages', () => {
  expect(MARKDOWN).toContain('README.md')
  expect(MARKDOWN).toContain('README.zh.md')
  const heads = (path: string): number => read(path).match(/^#+ /gm)?.length ?? 0
  expect(heads('README.zh.md')).toBe(heads('README.md'))
})

test('every finding has its page in both languages', () => {
  const bare = findings.flatMap(({ id, page }) => Object.entries({ title: page.title, shows: page.shows, proved: page.proved, refuted: page.refuted })
    .filter(([, said]) => said.en.trim() === '' || !/[\u4e00-\u9fff]/.test(said.zh)).map(([field]) => `${id}: ${field}`))
  expect(bare).toEqual([])
  expect(findings.flatMap(({ id, page }) => page.seeAlso.filter(other => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(other)).map(other => `${id}: ${other}`))).toEqual([])
})

test('nothing committed names a machine, an account or a registry', () => {
  // Written in pieces, so that this file does not find itself.
  const banned = new RegExp([['/wo', 'rk/(?:main|shared)'], ['/ro', 'ot/'], ['/ho', 'me/[a-z]'], ['/Us', 'ers/[a-z]'], ['npmmi', 'rror'], ['registry\\.', 'npmjs'], ['verda', 'ccio']].map(parts => parts.join('')).join('|'))
  expect(OURS.filter(path => banned.test(read(path)))).toEqual([])
})

test('every ARCHITECTURE layer is a folder or announced, every folder of src is in ARCHITECTURE', () => {
  const folders = new Set(FILES.flatMap(path => /^src\/([a-z]+)\//.exec(path)?.[1] ?? []))
  const text = read('ARCHITECTURE.md')
  expect([...folders].filter(folder => !text.includes(`src/${folder}/`) && !new RegExp(`^ +${folder}/`, 'm').test(text))).toEqual([])
})
