// A folder as evidence: every regular file under it, by path. Links are followed inside the folder only; fifos, sockets
// and devices are never opened (reading one would block for ever). Bounded in files, depth and path length.
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync, constants } from 'node:fs'
import { join, sep } from 'node:path'
import type { EvidenceFile } from '../chain/evidence-files.ts'
import { evidenceFile } from './bytes-to-text.ts'
import { fileProblem, type ReadHooks, type ReadRange } from './file-problem.ts'
import { reasonOf } from './operating-error.ts'

const MAX_FILES = 50_000
const MAX_DEPTH = 40

export function readFolder(root: string, hooks: ReadHooks): EvidenceFile[] {
  const realRoot = realpathSync(root)
  const files: EvidenceFile[] = []
  const visited = new Set<string>()
  let full = false

  const visitFolder = (folder: string, path: string, depth: number): void => {
    const real = realpathSync(folder)
    // A link to a folder above itself would be walked for ever.
    if (visited.has(real)) return
    visited.add(real)
    if (depth > MAX_DEPTH) return hooks.onProblem(fileProblem('folder-too-deep', path, `lies more than ${MAX_DEPTH} folders deep; not read`, 'unknown'))
    for (const name of readdirSync(folder).sort()) {
      if (full) return
      if (isSystemClutter(name)) continue
      const inner = path === '' ? name : `${path}/${name}`
      try {
        visit(join(folder, name), inner, depth + 1)
      } catch (error) {
        hooks.onProblem(fileProblem('file-unreadable', inner, `cannot be read: ${reasonOf(error)}`, 'damaged'))
      }
    }
  }

  const visit = (disk: string, path: string, depth: number): void => {
    let status = lstatSync(disk)
    if (status.isSymbolicLink()) {
      const target = realTarget(disk)
      if (target === undefined) return hooks.onProblem(fileProblem('link-broken', path, 'is a link to something that is not there', 'damaged'))
      if (target !== realRoot && !target.startsWith(realRoot + sep)) return hooks.onProblem(fileProblem('link-outside', path, 'is a link that leaves the bundle; not followed', 'ignored'))
      status = statSync(disk)
    }
    if (status.isDirectory()) return visitFolder(disk, path, depth)
    if (!status.isFile()) return hooks.onProblem(fileProblem('special-file', path, 'is no regular file; not opened', 'ignored'))
    if (files.length >= MAX_FILES) {
      full = true
      return hooks.onProblem(fileProblem('too-many-files', path, `and what follows it is not read: more than ${MAX_FILES} files`, 'unknown'))
    }
    closeSync(openSync(disk, constants.O_RDONLY))
    files.push(evidenceFile(path, status.size, rangeReader(disk), hooks))
  }

  visitFolder(root, '', 0)
  return files
}

/** One file of the disk, under the path it shall have in the evidence. */
export function diskFile(disk: string, path: string, hooks: ReadHooks): EvidenceFile {
  return evidenceFile(path, statSync(disk).size, rangeReader(disk), hooks)
}

/** What archivers of desktop systems leave behind: no evidence of anything. */
export const isSystemClutter = (name: string): boolean => name === '.DS_Store' || name.startsWith('._') || name === '__MACOSX'

function realTarget(link: string): string | undefined {
  try {
    return realpathSync(link)
  } catch {
    return undefined
  }
}

function rangeReader(disk: string): ReadRange {
  return (start, length) => {
    const handle = openSync(disk, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(handle).isFile()) return new Uint8Array(0)
      const bytes = Buffer.allocUnsafe(length)
      let got = 0
      while (got < length) {
        const count = readSync(handle, bytes, got, length - got, start + got)
        if (count === 0) break
        got += count
      }
      return bytes.subarray(0, got)
    } finally {
      closeSync(handle)
    }
  }
}
