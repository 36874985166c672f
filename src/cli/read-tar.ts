// A tar archive as evidence, read as a stream: POSIX ustar and pax (path, linkpath, size), GNU long names; gzip, zstd or
// bare. Written here because the archive is hostile input: nothing is ever put on the disk, an entry that leaves the
// archive (`..`, `/`, links out) is named and dropped, memory is bounded, and a damaged archive gives what came before
// the damage. Not read: sparse files, GNU incremental folders, multi-volume archives.
import { createReadStream, openSync, readSync, closeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { EvidenceFile } from '../chain/evidence-files.ts'
import { evidenceFile } from './bytes-to-text.ts'
import { fileProblem, type ReadHooks } from './file-problem.ts'
import { isSystemClutter } from './read-folder.ts'
import { reasonOf } from './operating-error.ts'

const BLOCK = 512
const MAX_ENTRIES = 50_000
/** All texts together, unpacked, in memory. */
const MAX_KEPT_BYTES = 1024 * 1024 * 1024
/** A decompression bomb ends here. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024 * 1024
const MAX_LONG_NAME_BYTES = 64 * 1024

/** `wanted(path)` false: listed, its content not kept. */
export async function readTar(file: string, wanted: (path: string) => boolean, hooks: ReadHooks): Promise<EvidenceFile[]> {
  const entries = new Map<string, Entry>()
  const links: { path: string; target: string }[] = []
  const reader = byteReader(unpacked(file))
  const damage = (message: string): void => hooks.onProblem(fileProblem('bundle-damaged', file, message, 'damaged'))
  try {
    await readEntries(reader, entries, links, wanted, hooks, damage)
  } catch (error) {
    damage(`breaks off after ${entries.size} files: ${reasonOf(error)}`)
  } finally {
    reader.close()
  }
  resolveLinks(entries, links, hooks)
  return [...entries].map(([path, entry]) => evidenceFile(path, entry.sizeBytes, (start, length) => entry.bytes.subarray(start, start + length), hooks))
}

interface Entry {
  readonly bytes: Uint8Array
  readonly sizeBytes: number
}

interface Header {
  readonly path: string
  readonly sizeBytes: number
  readonly kind: string
  readonly target: string
}

async function readEntries(reader: ByteReader, entries: Map<string, Entry>, links: { path: string; target: string }[],
  wanted: (path: string) => boolean, hooks: ReadHooks, damage: (message: string) => void): Promise<void> {
  let keptBytes = 0
  let overrides: Overrides = {}
  while (true) {
    const block = await reader.take(BLOCK)
    if (block === undefined) return damage('ends without the end mark of a tar archive: it is cut off')
    if (block.every(byte => byte === 0)) return
    const header = readHeader(block)
    if (header === undefined) return damage(`is no tar archive, or is damaged after ${entries.size} files`)
    const sizeBytes = overrides.sizeBytes ?? header.sizeBytes
    const padding = (BLOCK - (sizeBytes % BLOCK)) % BLOCK
    if ('xgLK'.includes(header.kind)) {
      if (sizeBytes > MAX_LONG_NAME_BYTES) return damage('has a file name of more than 64 KiB')
      const body = await reader.take(sizeBytes)
      await reader.skip(padding)
      if (body === undefined) return damage('is cut off in a file name')
      if (header.kind !== 'g') overrides = { ...overrides, ...longNames(header.kind, body) }
      continue
    }
    const path = insidePath(overrides.path ?? header.path)
    const target = overrides.target ?? header.target
    overrides = {}
    if (entries.size + links.length >= MAX_ENTRIES) return hooks.onProblem(fileProblem('too-many-files', path ?? header.path, `and what follows it is not read: more than ${MAX_ENTRIES} files`, 'unknown'))
    const isFile = header.kind === '0' || header.kind === '7'
    if (path === undefined) hooks.onProblem(fileProblem('path-outside', header.path, 'has a path that leaves the archive; not read', 'ignored'))
    else if (header.kind === '1' || header.kind === '2') links.push({ path, target: header.kind === '1' ? target : fromFolderOf(path, target) })
    else if (!isFile && header.kind !== '5') hooks.onProblem(fileProblem('special-file', path, 'is no regular file; not read', 'ignored'))
    const clutter = path?.split('/').some(isSystemClutter) ?? true
    const keep = isFile && path !== undefined && !clutter && wanted(path)
    if (keep && keptBytes + sizeBytes > MAX_KEPT_BYTES) {
      hooks.onProblem(fileProblem('file-too-large', path, `is not read: the archive unpacks to more than ${MAX_KEPT_BYTES} bytes`, 'unknown'))
      await reader.skip(sizeBytes)
    } else if (keep) {
      const bytes = sizeBytes === 0 ? new Uint8Array(0) : await reader.upTo(sizeBytes)
      keptBytes += bytes.length
      entries.set(path, { bytes, sizeBytes: bytes.length })
      if (bytes.length < sizeBytes) return damage(`is cut off in ${path}, of which ${bytes.length} of ${sizeBytes} bytes are there`)
    } else {
      if (isFile && path !== undefined && !clutter) entries.set(path, { bytes: new Uint8Array(0), sizeBytes })
      await reader.skip(sizeBytes)
    }
    await reader.skip(padding)
  }
}

interface Overrides {
  readonly path?: string
  readonly target?: string
  readonly sizeBytes?: number
}

const utf8 = new TextDecoder()

function readHeader(block: Uint8Array): Header | undefined {
  const text = (start: number, length: number): string => {
    const field = block.subarray(start, start + length)
    const end = field.indexOf(0)
    return utf8.decode(end < 0 ? field : field.subarray(0, end))
  }
  // The checksum is of the block with its own field as spaces.
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  if (Number.parseInt(text(148, 8).trim(), 8) !== sum) return undefined
  const sizeBytes = numberField(block.subarray(124, 136))
  if (sizeBytes === undefined) return undefined
  const ustar = text(257, 5) === 'ustar'
  const prefix = ustar && text(257, 8) !== 'ustar  ' ? text(345, 155) : ''
  const kind = text(156, 1) || '0'
  return { path: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, sizeBytes: '123456'.includes(kind) ? 0 : sizeBytes, kind, target: text(157, 100) }
}

/** Octal text, or base 256 where the first bit is set (GNU, for sizes of 8 GiB and more). */
function numberField(field: Uint8Array): number | undefined {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((total, byte) => total * 256 + byte, 0)
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = utf8.decode(field).replaceAll('\0', ' ').trim()
  return digits === '' ? 0 : /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

function longNames(kind: string, body: Uint8Array): Overrides {
  const value = utf8.decode(body)
  if (kind === 'L') return { path: value.replace(/\0+$/, '') }
  if (kind === 'K') return { target: value.replace(/\0+$/, '') }
  const found: { path?: string; target?: string; sizeBytes?: number } = {}
  // `<length> <key>=<value>\n`, the length in bytes and counting itself.
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(32, at)
    const length = Number(utf8.decode(body.subarray(at, space < 0 ? at : space)))
    if (space < 0 || !Number.isInteger(length) || length < 3) break
    const [, key, text] = /^([^=]*)=([^]*)\n$/.exec(utf8.decode(body.subarray(space + 1, at + length))) ?? []
    if (key === 'path' && text !== undefined) found.path = text
    if (key === 'linkpath' && text !== undefined) found.target = text
    if (key === 'size' && /^\d{1,15}$/.test(text ?? '')) found.sizeBytes = Number(text)
    at += length
  }
  return found
}

/** The path inside the archive, or undefined where it would lead out. */
function insidePath(path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\0')) return undefined
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  return parts.includes('..') || parts.length === 0 && path !== './' && path !== '.' ? undefined : parts.join('/')
}

/** The target of a symbolic link, from the root of the archive; '' where it leads out. */
function fromFolderOf(path: string, target: string): string {
  if (target.startsWith('/')) return ''
  const parts = path.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return ''
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** A link to a file of the archive is that file under a second name. Links to folders are not followed. */
function resolveLinks(entries: Map<string, Entry>, links: readonly { path: string; target: string }[], hooks: ReadHooks): void {
  let open = [...links]
  for (let before = -1; open.length > 0 && open.length !== before;) {
    before = open.length
    open = open.filter(link => {
      const entry = entries.get(insidePath(link.target) ?? '')
      if (entry !== undefined) entries.set(link.path, entry)
      return entry === undefined
    })
  }
  for (const link of open) {
    const outside = insidePath(link.target) === undefined
    hooks.onProblem(outside ? fileProblem('link-outside', link.path, 'is a link that leaves the bundle; not followed', 'ignored')
      : fileProblem('link-broken', link.path, `is a link to ${link.target}, which is no file of the archive`, 'damaged'))
  }
}

function unpacked(file: string): Readable {
  const head = Buffer.alloc(4)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, head, 0, 4, 0)
  } finally {
    closeSync(handle)
  }
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 })
  const unpack = head.readUInt16BE(0) === 0x1f8b ? createGunzip() : head.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : undefined
  if (unpack === undefined) return raw
  raw.on('error', error => unpack.destroy(error))
  unpack.on('close', () => raw.destroy())
  return raw.pipe(unpack)
}

interface ByteReader {
  /** Exactly `count` bytes; undefined when the stream ends before. */
  readonly take: (count: number) => Promise<Uint8Array | undefined>
  /** `count` bytes, or what is there before the end or the damage. */
  readonly upTo: (count: number) => Promise<Uint8Array>
  readonly skip: (count: number) => Promise<void>
  readonly close: () => void
}

function byteReader(stream: Readable): ByteReader {
  const chunks = stream.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer>
  let left: Uint8Array = new Uint8Array(0)
  let unpackedBytes = 0
  const more = async (): Promise<boolean> => {
    const next = await chunks.next()
    if (next.done === true) return false
    unpackedBytes += next.value.length
    if (unpackedBytes > MAX_UNPACKED_BYTES) throw new Error(`unpacks to more than ${MAX_UNPACKED_BYTES} bytes`)
    left = next.value
    return true
  }
  const walk = async (count: number, each: (piece: Uint8Array) => void): Promise<number> => {
    let missing = count
    while (missing > 0) {
      if (left.length === 0 && !(await more())) break
      const piece = left.subarray(0, missing)
      left = left.subarray(piece.length)
      missing -= piece.length
      each(piece)
    }
    return count - missing
  }
  const gather = async (count: number, onDamage: (error: unknown) => void): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = []
    try {
      await walk(count, piece => pieces.push(piece))
    } catch (error) {
      onDamage(error)
    }
    return Buffer.concat(pieces)
  }
  return {
    take: async count => {
      const bytes = await gather(count, error => { throw error })
      return bytes.length === count ? bytes : undefined
    },
    upTo: count => gather(count, () => {}),
    skip: async count => void (await walk(count, () => {})),
    close: () => stream.destroy(),
  }
}
