import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Problem } from '../chain/source.ts'
import { evidenceFile } from './bytes-to-text.ts'

const original = Uint8Array.from({ length: 700_000 }, (_, i) => Math.imul(i, Math.imul(i, 0x9e3779b1)) >>> 25)

function bytesOf(disk: Uint8Array): { bytes: Buffer; problems: string[] } {
  const problems: Problem[] = []
  const file = evidenceFile('captures/n/a.pcap', disk.length, (start, length) => disk.subarray(start, start + length), { onProblem: problem => problems.push(problem) })
  const pieces = Array.from(file.bytes?.() ?? [], piece => Buffer.from(piece))
  return { bytes: Buffer.concat(pieces), problems: problems.map(problem => problem.code) }
}

test('plain, gzip and zstd files give the same bytes', () => {
  for (const disk of [original, gzipSync(original), zstdCompressSync(original)]) {
    const { bytes, problems } = bytesOf(disk)
    expect(problems).toEqual([])
    expect(bytes.equals(original)).toBe(true)
  }
  expect(bytesOf(new Uint8Array(0))).toEqual({ bytes: Buffer.alloc(0), problems: [] })
})

test('a packed file that is cut gives what came before the cut, and says so', () => {
  for (const disk of [gzipSync(original), zstdCompressSync(original)]) {
    const { bytes, problems } = bytesOf(disk.subarray(0, disk.length - 2000))
    expect(problems).toEqual(['file-packed-damaged'])
    expect(bytes.length).toBeGreaterThan(100_000)
    expect(bytes.equals(original.subarray(0, bytes.length))).toBe(true)
  }
})
