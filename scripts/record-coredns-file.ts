// Records what a real CoreDNS does with zone files: rows in the columns of coredns.jsonl.gz, for test/fidelity/rows/coredns-file.jsonl.gz.
// Needs a network of its own, because the Corefiles listen on port 53:
//   unshare -n sh -c 'ip link set lo up; node scripts/record-coredns-file.ts OUT.jsonl 1.11.3=PATH/coredns 1.14.7=…'
import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { rdataFromText, recordToText } from '../src/dns/presentation-record.ts'
import { decodeMessage } from '../src/dns/wire-decode.ts'
import { encodeMessage } from '../src/dns/wire-encode.ts'
import { FLAG, newRecord, optOf, rcodeOf, type WireMessage, type WireRecord } from '../src/dns/wire-message.ts'
import { newName } from '../src/dns/wire-name.ts'
import { className, rcodeName, typeName, typeNumber } from '../src/dns/wire-numbers-table.ts'
import { CASES, type RecordedCase } from './record-coredns-file-cases.ts'

const UPSTREAM = '127.0.0.11'
const SCRIPT = { [UPSTREAM]: [{ do: { answer: ['@ 300 IN A 10.9.9.9'] } }] }
const START_MS = 700
const LATE_LINES_MS = 25
const NO_REPLY_MS = 1500
const OPT = 41

interface Asked { readonly name: string; readonly type: string; readonly proto: 'udp' | 'tcp'; readonly edns?: { readonly size: number; readonly do?: boolean } }

const sleep = (ms: number): Promise<void> => new Promise(done => { setTimeout(done, ms) })

function readAsk(text: string): Asked {
  const [name = '', type = '', ...rest] = text.split(' ')
  const size = rest.find(word => /^\d+$/.test(word))
  const isDo = rest.includes('do')
  return { name, type, proto: rest.includes('tcp') ? 'tcp' : 'udp', ...((size !== undefined || isDo) && { edns: { size: Number(size ?? 1232), ...(isDo && { do: true }) } }) }
}

/** Answers every question for an address, as SCRIPT says. */
function serveUpstream(asked: object[]): () => void {
  const socket = createSocket({ type: 'udp4', reusePort: true })
  socket.on('message', (bytes, from) => {
    const { message } = decodeMessage(bytes)
    const question = message.questions[0]
    if (!question) return
    const opt = optOf(message)
    asked.push({
      to: UPSTREAM, proto: 'udp', name: question.name.text, type: typeName(question.type), flags: flagsOf(message.flags),
      opt: opt ? { size: opt.class, do: (opt.ttl & 0x8000) !== 0, version: 0, options: [] } : null, size: bytes.length,
    })
    const { value } = rdataFromText('A', '10.9.9.9')
    if (!value) return
    const reply: WireMessage = { ...message, flags: FLAG.qr | FLAG.ra | (message.flags & (FLAG.rd | FLAG.cd)), answers: [newRecord(question.name, 1, 1, 300, value)], authorities: [], additionals: [] }
    socket.send(encodeMessage(reply, { compress: false }), from.port, from.address)
  })
  socket.bind(53, UPSTREAM)
  return () => socket.close()
}

const flagsOf = (flags: number): string[] => (['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const).filter(flag => (flags & FLAG[flag]) !== 0)

function packet(asked: Asked, id: number): Uint8Array {
  const question = { name: newName(asked.name), type: typeNumber(asked.type) ?? 1, class: 1, start: -1, end: -1 }
  const opt: WireRecord[] = asked.edns ? [newRecord(newName('.'), OPT, asked.edns.size, asked.edns.do ? 0x8000 : 0, { kind: 'OPT', options: [] })] : []
  return encodeMessage({ id, flags: FLAG.rd, questions: [question], answers: [], authorities: [], additionals: opt }, { compress: false })
}

function exchange(asked: Asked, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  if (asked.proto === 'udp') {
    const socket = createSocket('udp4')
    return new Promise(done => {
      const end = (got?: Uint8Array): void => {
        clearTimeout(timer)
        socket.close()
        done(got)
      }
      const timer = setTimeout(() => end(), NO_REPLY_MS)
      socket.on('message', got => end(got))
      socket.send(bytes, 53, '127.0.0.1')
    })
  }
  return new Promise(done => {
    const socket = createConnection(53, '127.0.0.1', () => socket.write(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])))
    let got = Buffer.alloc(0)
    const end = (value?: Uint8Array): void => {
      clearTimeout(timer)
      socket.destroy()
      done(value)
    }
    const timer = setTimeout(() => end(), NO_REPLY_MS)
    socket.on('data', more => {
      got = Buffer.concat([got, more])
      if (got.length > 2 && got.length >= 2 + got.readUInt16BE(0)) end(got.subarray(2))
    })
    socket.on('error', () => end())
  })
}

function observation(asked: Asked, got: Uint8Array, id: number): Record<string, unknown> {
  const { message } = decodeMessage(got)
  const opt = optOf(message)
  const lines = (records: readonly WireRecord[]): string[] => records.filter(r => r.type !== OPT).map(recordToText)
  const { questions, answers, authorities, additionals } = message
  return {
    wireSize: got.length, counts: [questions, answers, authorities, additionals].map(section => section.length), flags: flagsOf(message.flags), rcode: rcodeName(rcodeOf(message)),
    ownerPointers: [...answers, ...authorities, ...additionals].filter(r => r.name.pointer >= 0).length,
    question: questions.map(q => `${q.name.text} ${className(q.class)} ${typeName(q.type)}`), answer: lines(answers), authority: lines(authorities), additional: lines(additionals),
    opt: opt ? { size: opt.class, do: (opt.ttl & 0x8000) !== 0, version: (opt.ttl >> 16) & 255, options: [] } : null, idMatches: message.id === id,
  }
}

async function record(version: string, binary: string, it: RecordedCase): Promise<object[]> {
  const folder = mkdtempSync(join(tmpdir(), 'coredns-file-'))
  for (const [path, text] of Object.entries({ ...it.files, Corefile: it.corefile })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const child = spawn(binary, ['-conf', 'Corefile'], { cwd: folder })
  const out = collect(child)
  const asked: object[] = []
  const close = serveUpstream(asked)
  await sleep(START_MS)
  const base = { version, corefile: it.corefile, files: it.files, env: {}, args: [] as string[] }
  const started = child.exitCode === null
  const rows: object[] = []
  if (it.asks.length === 0 || !started) {
    rows.push({ id: `${it.id}/start`, ...base, state: { preamble: [] }, query: null, upstreamScript: null, observed: { started, exit: child.exitCode, stdout: lined(out.stdout, folder), stderr: lined(out.stderr, folder) } })
  }
  const before: object[] = []
  for (const text of started ? it.asks : []) {
    const query = readAsk(text)
    asked.length = 0
    out.stdout = ''
    const begun = process.hrtime.bigint()
    const got = await exchange(query, packet(query, 0x1234))
    const elapsedMs = Number(process.hrtime.bigint() - begun) / 1e6
    await sleep(LATE_LINES_MS)
    const seen = got ? observation(query, got, 0x1234) : { noReply: 'nothing came' }
    rows.push({ id: `${it.id}/${text.replaceAll(' ', '.')}`, ...base, state: { preamble: [...before] }, query, upstreamScript: SCRIPT, observed: { ...seen, elapsedMs, log: lined(out.stdout, folder), upstreamAsked: [...asked] } })
    before.push({ query })
  }
  close()
  child.kill('SIGKILL')
  await sleep(30)
  rmSync(folder, { recursive: true })
  return rows
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const out = { stdout: '', stderr: '' }
  child.stdout?.on('data', chunk => { out.stdout += String(chunk) })
  child.stderr?.on('data', chunk => { out.stderr += String(chunk) })
  return out
}

const lined = (text: string, folder: string): string[] => text.replaceAll(folder, '<CWD>').split('\n').filter(line => line !== '')

const [target, ...binaries] = process.argv.slice(2)
if (target === undefined || binaries.length === 0) throw new Error('usage: node scripts/record-coredns-file.ts OUT.jsonl VERSION=BINARY…')
const rows: object[] = []
for (const pair of binaries) {
  const [version = '', binary = ''] = pair.split('=')
  for (const it of CASES) rows.push(...await record(version, binary, it))
}
writeFileSync(target, `${rows.map(row => JSON.stringify(row)).join('\n')}\n`)
