// One line a packet, from tshark's JSON and from a decoded message: header, counts, questions, and every record with the fields of its RDATA.
// Records are sorted within a section, because tshark's JSON puts records of the same description together.
import { spawnSync } from 'node:child_process'
import type { Rdata, RdataKind } from '../../src/dns/rdata-layout.ts'
import type { WireMessage, WireRecord } from '../../src/dns/wire-message.ts'
import type { WireName } from '../../src/dns/wire-name.ts'
import { nameToBytes, NAME_ROOM } from '../../src/dns/wire-name.ts'
import { CAPTURES } from './tshark-packets.ts'

type Value = string | readonly Value[] | Tree
interface Tree {
  readonly [key: string]: Value
}

/** Our field → tshark's. Left out: the hash of NSEC3, which tshark prints in base32; TXT, which it cuts off at a zero byte; SMIMEA, which it does not know. */
const FIELDS: { readonly [K in RdataKind]?: readonly (readonly [ours: string, theirs: string])[] } = {
  A: [['address', 'dns.a']], AAAA: [['address', 'dns.aaaa']], CNAME: [['target', 'dns.cname']], DNAME: [['target', 'dns.dname']], NS: [['target', 'dns.ns']],
  PTR: [['target', 'dns.ptr.domain_name']], MX: [['preference', 'dns.mx.preference'], ['exchange', 'dns.mx.mail_exchange']],
  SOA: [['mname', 'dns.soa.mname'], ['rname', 'dns.soa.rname'], ['serial', 'dns.soa.serial_number'], ['refresh', 'dns.soa.refresh_interval'],
    ['retry', 'dns.soa.retry_interval'], ['expire', 'dns.soa.expire_limit'], ['minimum', 'dns.soa.minimum_ttl']],
  SRV: [['priority', 'dns.srv.priority'], ['weight', 'dns.srv.weight'], ['port', 'dns.srv.port'], ['target', 'dns.srv.target']],
  HINFO: [['cpu', 'dns.hinfo.cpu'], ['os', 'dns.hinfo.os']], SPF: [['strings', 'dns.spf']],
  DS: [['keyTag', 'dns.ds.key_id'], ['algorithm', 'dns.ds.algorithm'], ['digestType', 'dns.ds.digest_type'], ['digest', 'dns.ds.digest']],
  DNSKEY: [['flags', 'dns.dnskey.flags'], ['protocol', 'dns.dnskey.protocol'], ['algorithm', 'dns.dnskey.algorithm'], ['publicKey', 'dns.dnskey.public_key']],
  RRSIG: [['covered', 'dns.rrsig.type_covered'], ['algorithm', 'dns.rrsig.algorithm'], ['labels', 'dns.rrsig.labels'], ['originalTtl', 'dns.rrsig.original_ttl'],
    ['expiration', 'dns.rrsig.signature_expiration'], ['inception', 'dns.rrsig.signature_inception'], ['keyTag', 'dns.rrsig.key_tag'],
    ['signer', 'dns.rrsig.signers_name'], ['signature', 'dns.rrsig.signature']],
  NSEC: [['next', 'dns.nsec.next_domain_name'], ['types', 'dns.resp.type']],
  NSEC3: [['algorithm', 'dns.nsec3.algo'], ['flags', 'dns.nsec3.flags'], ['iterations', 'dns.nsec3.iterations'], ['salt', 'dns.nsec3.salt_value'], ['types', 'dns.resp.type']],
  NSEC3PARAM: [['algorithm', 'dns.nsec3.algo'], ['flags', 'dns.nsec3.flags'], ['iterations', 'dns.nsec3.iterations'], ['salt', 'dns.nsec3.salt_value']],
  TLSA: [['usage', 'dns.tlsa.certificate_usage'], ['selector', 'dns.tlsa.selector'], ['matchingType', 'dns.tlsa.matching_type'], ['data', 'dns.tlsa.certificate_association_data']],
  SSHFP: [['algorithm', 'dns.sshfp.algorithm'], ['fingerprintType', 'dns.sshfp.fingerprint.type'], ['fingerprint', 'dns.sshfp.fingerprint']],
  NAPTR: [['order', 'dns.naptr.order'], ['preference', 'dns.naptr.preference'], ['flags', 'dns.naptr.flags'], ['services', 'dns.naptr.service'], ['regexp', 'dns.naptr.regex'],
    ['replacement', 'dns.naptr.replacement']],
  HTTPS: [['priority', 'dns.svcb.svcpriority'], ['target', 'dns.svcb.targetname']], SVCB: [['priority', 'dns.svcb.svcpriority'], ['target', 'dns.svcb.targetname']],
  CAA: [['flags', 'dns.caa.flags']],
}
const NUMBERS: Readonly<Record<string, RdataKind>> = { 1: 'A', 2: 'NS', 5: 'CNAME', 6: 'SOA', 12: 'PTR', 13: 'HINFO', 15: 'MX', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR', 39: 'DNAME',
  43: 'DS', 44: 'SSHFP', 46: 'RRSIG', 47: 'NSEC', 48: 'DNSKEY', 50: 'NSEC3', 51: 'NSEC3PARAM', 52: 'TLSA', 59: 'DS', 60: 'DNSKEY', 64: 'SVCB', 65: 'HTTPS', 99: 'SPF', 257: 'CAA' }
const OPT = '41'

const all = (value: Value | undefined): readonly Value[] => (value === undefined ? [] : Array.isArray(value) ? value : [value as Value])
const text = (value: Value | undefined): string => all(value).join(',')
/** Hexadecimal flags and byte strings, names, dates. */
function plain(value: string): string {
  if (/^0x[0-9a-f]+$/.test(value)) return String(Number(value))
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2})*$/.test(value)) return value.replaceAll(':', '')
  if (/ UTC$/.test(value)) return String(Date.parse(value.replace(/\.\d+/, '')) / 1000)
  return value === '<Root>' ? '' : value
}
/** Names of other letters are printed in other ways; their length is compared beside them. */
const letters = (name: string): string => (/^[\w.*:-]*$/.test(name) ? name : '?')

function theirRecord(record: Tree): string {
  const types = all(record['dns.resp.type'])
  const type = types[0] as string
  // The owner of an SRV record comes in three pieces.
  const owner = record['dns.srv.name'] === undefined ? text(record['dns.resp.name']) : ['service', 'proto', 'name'].map(piece => text(record[`dns.srv.${piece}`])).join('.')
  const head = [letters(plain(owner)), type]
  const length = text(record['dns.resp.len'])
  if (type === OPT) {
    const options = all(record['dns.opt']).map(option => `${text((option as Tree)['dns.opt.code'])}=${text((option as Tree)['dns.opt.data']).replaceAll(':', '')}`)
    return [...head, text(record['dns.rr.udp_payload_size']), ...['dns.resp.ext_rcode', 'dns.resp.edns0_version', 'dns.resp.z'].map(key => plain(text(record[key]))), length, ...options].join(' ')
  }
  const fields = FIELDS[NUMBERS[type] as RdataKind] ?? []
  const values = fields.map(([, key]) => (key === 'dns.resp.type' ? types.slice(1).join(',') : all(record[key]).map(each => letters(plain(each as string))).join(',')))
  return [...head, plain(text(record['dns.resp.class'])), text(record['dns.resp.ttl']), length, ...values].join(' ')
}

function ourValue(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'object' && value !== null && 'text' in value) return ourName(value as WireName)
  return Array.isArray(value) ? value.map(each => (typeof each === 'string' ? letters(each) : String(each))).join(',') : letters(String(value))
}
const scratch = new Uint8Array(NAME_ROOM)
function ourName({ text: name }: WireName): string {
  const length = nameToBytes(name, scratch) as number
  const labels: string[] = []
  for (let at = 0; (scratch[at] as number) > 0 && at < length; at += (scratch[at] as number) + 1) labels.push(Buffer.from(scratch.subarray(at + 1, at + 1 + (scratch[at] as number))).toString('latin1'))
  return letters(labels.join('.'))
}

function ourRecord(record: WireRecord): string {
  const { rdata, type } = record
  const length = record.end - record.rdataStart
  const head = [ourName(record.name), type, record.class]
  if (rdata.kind === 'OPT') {
    const options = rdata.options.map(({ code, data }) => `${code}=${Buffer.from(data).toString('hex')}`)
    return [...head, record.ttl >>> 24, (record.ttl >> 16) & 0xff, record.ttl & 0xffff, length, ...options].join(' ')
  }
  const fields = FIELDS[NUMBERS[type] as RdataKind] ?? []
  return [...head, record.ttl, length, ...fields.map(([ours]) => ourValue((rdata as Rdata & Readonly<Record<string, unknown>>)[ours]))].join(' ')
}

export function lineOfMessage(message: WireMessage): string {
  const { answers, authorities, additionals } = message
  const header = [message.id, message.flags, message.questions.length, answers.length, authorities.length, additionals.length]
  const questions = message.questions.map(({ name, type, class: dnsClass }) => `${ourName(name)} ${name.lengthBytes === 1 ? 6 : name.lengthBytes - 2} ${type} ${dnsClass}`)
  return [header.join(' '), questions.join(';'), ...[answers, authorities, additionals].map(section => section.map(ourRecord).sort().join(';'))].join('|')
}

function lineOfTshark(dns: Tree): string {
  const header = ['dns.id', 'dns.flags', 'dns.count.queries', 'dns.count.answers', 'dns.count.auth_rr', 'dns.count.add_rr'].map(key => Number(text(dns[key])))
  const entries = (section: string): readonly Tree[] => Object.values((dns[section] ?? {}) as Tree).flatMap(all) as readonly Tree[]
  const questions = entries('Queries').map(query =>
    `${letters(plain(text(query['dns.qry.name'])))} ${text(query['dns.qry.name.len'])} ${text(query['dns.qry.type'])} ${plain(text(query['dns.qry.class']))}`)
  const sections = ['Answers', 'Authoritative nameservers', 'Additional records'].map(section => entries(section).map(theirRecord).sort().join(';'))
  return [header.join(' '), questions.join(';'), ...sections].join('|')
}

/** What the tshark on the PATH says of the first `count` packets; undefined: there is none. */
export function tsharkLines(name: (typeof CAPTURES)[number]['name'], count: number): readonly string[] | undefined {
  const path = (CAPTURES.find(capture => capture.name === name) as (typeof CAPTURES)[number]).path
  const run = spawnSync('tshark', ['-n', '-r', path, '-c', String(count), '-T', 'json', '--no-duplicate-keys', '-J', 'dns'],
    { cwd: new URL('../../', import.meta.url), maxBuffer: 2 ** 30, encoding: 'utf8' })
  if (run.error || run.status !== 0) return undefined
  const packets = JSON.parse(run.stdout) as readonly { readonly _source: { readonly layers: { readonly dns: Tree } } }[]
  return packets.map(({ _source: { layers } }) => lineOfTshark(layers.dns))
}
