// Rows of NodeLocal DNSCache: CoreDNS rows whose Corefile is the template and whose version is node-cache's.
import type { CorednsModel } from '../../src/chain/model.ts'
import { corednsOfNodeCache } from '../../src/hops/coredns/node-cache.ts'
import { startNodeCache } from '../../src/hops/coredns/node-cache-start.ts'
import type { Start } from '../../src/hops/coredns/start.ts'
import type { Row } from './coredns-replay-rows.ts'

/** Where the recorder put the template. */
const TEMPLATE = 'base/Corefile.base'

export interface NodeCacheRun {
  /** Of the CoreDNS inside: its release, the file that was written for it, no flags. */
  readonly row: Row
  readonly build: NonNullable<CorednsModel['build']>
  /** What is said before CoreDNS starts; which it may not get to. */
  readonly before: (coredns: () => Start) => Start
}

export function nodeCacheRun(row: Row): NodeCacheRun | undefined {
  const { program, version, corefile, files, env, args } = row
  if (program !== 'node-cache') return undefined
  const started = startNodeCache({
    release: version, args: args ?? [], env: new Map(Object.entries(env ?? {})), files: new Map([...Object.entries(files ?? {}), [TEMPLATE, corefile ?? '']]),
  })
  const { lines, corefile: written } = started
  return {
    build: { program: 'node-cache', version }, row: { ...row, version: corednsOfNodeCache(version).version, corefile: written ?? null, args: [] },
    before: coredns => {
      if (written === undefined) return { stdout: [], stderr: lines, end: 1 }
      const start = coredns()
      return { ...start, stderr: [...lines, ...start.stderr] }
    },
  }
}

const KLOG = /^KLOG /
/** Of Go's JSON. */
const JSON_FAULT = /(, err: )(?:unexpected end of JSON input|invalid character .*|json: cannot unmarshal .*|\w+ is no JSON .*)$/
/** Said beside the start of CoreDNS, or not. */
export const isNodeCacheWait = (line: string): boolean => line.startsWith('[INFO] waiting for coredns pidfile ')

/** Without the lines of klog; stub domains are written in any order, and so the file is compared as a set of lines. */
export function nodeCacheLines(lines: readonly string[]): readonly string[] {
  return lines.filter(line => !KLOG.test(line)).map(line => line.replace(JSON_FAULT, '$1JSON')).toSorted()
}
