// Scripted DNS servers on real sockets, as those of the recorded rows: 127.0.1.1 to .4, 127.0.0.1 and ::1, UDP and TCP port 53, one set of
// rules, first match wins. They write down every packet. Wire format by hand: nothing of ours that is being tested answers here.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Rule } from '../fidelity/stub-server.ts'

export interface Asked {
  ms: number
  server: string
  proto: 'udp' | 'tcp'
  name: string
  type: string
  id: string
  socket: string
  answer: string
  edns?: number
  ad?: true
  rd?: false
  malformed?: string
}

const LISTENING = [['127.0.1.1', '1'], ['127.0.1.2', '2'], ['127.0.1.3', '3'], ['127.0.1.4', '4'], ['127.0.0.1', 'lo'], ['::1', 'v6']] as const
const TYPES = new Map([[1, 'A'], [2, 'NS'], [5, 'CNAME'], [6, 'SOA'], [12, 'PTR'], [15, 'MX'], [16, 'TXT'], [28, 'AAAA'], [33, 'SRV'], [65, 'HTTPS']])
const RCODES = new Map([['NX', 3], ['NXNOSOA', 3], ['SERVFAIL', 2], ['REFUSED', 5], ['FORMERR', 1], ['NOTIMP', 4], ['NOTAUTH', 9]])

/** What is under test at the moment. */
export class Script {
  asked: Asked[] = []
  private rules: readonly Rule[] = []
  private counts = new Map<string, number>()
  private labels = new Map<string, string>()
  private firstMs: number | undefined

  begin(rules: readonly Rule[]): void {
    this.asked = []
    this.rules = rules
    this.counts = new Map()
    this.labels = new Map()
    this.firstMs = undefined
  }

  /** Undefined: no reply. */
  take(packet: Buffer, server: string, proto: 'udp' | 'tcp', from: string): { readonly afterMs: number; readonly reply: Buffer } | undefined {
    const now = performance.now()
    this.firstMs ??= now
    const ms = Math.round(now - this.firstMs)
    const question = readQuestion(packet)
    const socket = this.label('s', `${proto} ${from}`)
    if (!question) {
      this.asked.push({ ms, server, proto, name: '', type: '', id: '', socket, answer: '', malformed: packet.toString('hex') })
      return undefined
    }
    const answer = this.actionFor(server, proto, question)
    const { name, type, edns, ad, rd } = question
    this.asked.push({
      ms, server, proto, name, type, id: this.label('id', String(packet.readUInt16BE(0))), socket, answer,
      ...(edns !== undefined && { edns }), ...(ad && { ad: true as const }), ...(!rd && { rd: false as const }),
    })
    const delay = /^DELAY (\d+) (.*)$/.exec(answer)
    const reply = replyTo(packet, question, delay?.[2] ?? answer)
    return reply && { afterMs: Number(delay?.[1] ?? 0), reply }
  }

  private label(prefix: string, what: string): string {
    const known = this.labels.get(`${prefix} ${what}`)
    if (known !== undefined) return known
    const made = `${prefix}${[...this.labels.keys()].filter(key => key.startsWith(`${prefix} `)).length + 1}`
    this.labels.set(`${prefix} ${what}`, made)
    return made
  }

  private actionFor(server: string, proto: string, { name, type }: Question): string {
    const fits = (wanted: string | undefined, is: string): boolean => wanted === undefined || wanted === '*' || wanted === is
    for (const [i, rule] of this.rules.entries()) {
      const named = rule.name === undefined || rule.name === '*' || rule.name.toLowerCase() === name.toLowerCase()
      if (!named || !fits(rule.server, server) || !fits(rule.type, type) || !fits(rule.proto, proto)) continue
      if (rule.nth === undefined) return rule.do
      const count = (this.counts.get(`${i} ${server}`) ?? 0) + 1
      this.counts.set(`${i} ${server}`, count)
      if (count === rule.nth) return rule.do
    }
    return 'NX'
  }
}

interface Question {
  readonly name: string
  readonly type: string
  readonly edns: number | undefined
  readonly ad: boolean
  readonly rd: boolean
  /** Where the question section ends. */
  readonly end: number
}

function readQuestion(packet: Buffer): Question | undefined {
  if (packet.length < 17 || packet.readUInt16BE(4) !== 1) return undefined
  let at = 12
  let name = ''
  for (;;) {
    const length = packet[at]
    if (length === undefined || length > 63 || at + length + 1 > packet.length) return undefined
    at++
    if (length === 0) break
    for (const byte of packet.subarray(at, at + length)) name += byte === 13 ? '\r' : String.fromCharCode(byte)
    name += '.'
    at += length
  }
  if (at + 4 > packet.length) return undefined
  const type = packet.readUInt16BE(at)
  const end = at + 4
  const hasOpt = packet.readUInt16BE(10) > 0 && end + 11 <= packet.length && packet.readUInt16BE(end + 1) === 41
  const flags = packet.readUInt16BE(2)
  return {
    name: name === '' ? '.' : name, type: TYPES.get(type) ?? `TYPE${type}`, edns: hasOpt ? packet.readUInt16BE(end + 3) : undefined,
    ad: (flags & 0x20) !== 0, rd: (flags & 0x100) !== 0, end,
  }
}

const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255])
const wireName = (name: string): Buffer =>
  Buffer.concat([...name.split('.').filter(label => label !== '').map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])), Buffer.from([0])])
const SELF = Buffer.from([0xc0, 12])
const record = (owner: Buffer, type: number, data: Buffer): Buffer => Buffer.concat([owner, u16(type), u16(1), Buffer.from([0, 0, 0, 60]), u16(data.length), data])

function address(text: string): { readonly type: number; readonly data: Buffer } {
  if (!text.includes(':')) return { type: 1, data: Buffer.from(text.split('.').map(Number)) }
  const [head = '', tail = ''] = text.split('::')
  const words = (part: string): number[] => part.split(':').filter(word => word !== '').map(word => Number.parseInt(word, 16))
  const [before, after] = [words(head), words(tail)]
  const whole = text.includes('::') ? [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after] : before
  return { type: 28, data: Buffer.concat(whole.map(u16)) }
}

function replyTo(packet: Buffer, question: Question, action: string): Buffer | undefined {
  const [verb = '', ...words] = action.split(' ')
  if (verb === 'DROP') return undefined
  if (verb === 'AS') {
    const [name = '', type = '', ...rest] = words
    const number = [...TYPES].find(([, word]) => word === type)?.[0] ?? 0
    const asked = Buffer.concat([packet.subarray(0, 12), name === '@' ? packet.subarray(12, question.end - 4) : wireName(name), u16(number), u16(1)])
    return replyTo(asked, { ...question, end: asked.length }, rest.join(' '))
  }
  const lame = verb === 'LAME' || verb === 'LAMENS'
  const cut = verb === 'TC' || verb === 'TCPART'
  const flags = 0x8000 | (lame ? 0 : 0x0480) | (cut ? 0x0200 : 0) | (question.rd ? 0x0100 : 0) | (RCODES.get(verb) ?? 0)
  const own = (text: string, owner: Buffer = SELF): Buffer => { const { type, data } = address(text); return record(owner, type, data) }
  const soa = record(wireName('test.'), 6, Buffer.concat([wireName('ns.test.'), wireName('root.test.'), ...[1, 60, 60, 60, 60].map(n => Buffer.from([0, 0, 0, n]))]))
  const answers = verb === 'ADDR' ? words.map(text => own(text))
    : verb === 'CNAME' ? [record(SELF, 5, wireName(words[0] ?? '')), ...words.slice(1).map(text => own(text, wireName(words[0] ?? '')))]
      : verb === 'TCPART' ? [own('10.7.7.7')] : []
  const authority = verb === 'NX' || verb === 'NODATA' ? [soa] : verb === 'LAMENS' ? [record(SELF, 2, wireName('ns.test.'))] : []
  const id = packet.readUInt16BE(0) ^ (verb === 'WRONGID' ? 0x5555 : 0)
  return Buffer.concat([
    u16(id), u16(flags), u16(1), u16(answers.length), u16(authority.length), u16(0), packet.subarray(12, question.end), ...answers, ...authority,
  ])
}

/** Listens everywhere; resolves when all sockets are open. What is returned closes them. */
export async function listen(script: Script): Promise<() => void> {
  const closers: (() => void)[] = []
  let isOpen = true
  // A late reply may find its socket closed.
  const later = (afterMs: number, run: () => void): void => { if (afterMs > 0) setTimeout(() => { if (isOpen) run() }, afterMs).unref(); else run() }
  for (const [host, server] of LISTENING) {
    const udp = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' })
    udp.on('message', (packet, from) => {
      const taken = script.take(packet, server, 'udp', String(from.port))
      if (taken) later(taken.afterMs, () => udp.send(taken.reply, from.port, from.address))
    })
    await new Promise<void>((resolve, reject) => { udp.once('error', reject); udp.bind(53, host, resolve) })
    const tcp = createServer(socket => {
      let held: Buffer = Buffer.alloc(0)
      socket.on('error', () => socket.destroy())
      socket.on('data', bytes => {
        held = Buffer.concat([held, bytes])
        while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
          const taken = script.take(held.subarray(2, 2 + held.readUInt16BE(0)), server, 'tcp', String(socket.remotePort))
          held = held.subarray(2 + held.readUInt16BE(0))
          if (taken) later(taken.afterMs, () => socket.write(Buffer.concat([u16(taken.reply.length), taken.reply])))
        }
      })
    })
    await new Promise<void>((resolve, reject) => { tcp.once('error', reject); tcp.listen(53, host, resolve) })
    closers.push(() => { udp.close(); tcp.close() })
  }
  return () => {
    isOpen = false
    for (const close of closers) close()
  }
}
