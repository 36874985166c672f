// Zone files as CoreDNS reads them: ZoneParser of miekg/dns (scan.go, v1.1.49 to v1.1.72): $ORIGIN, $TTL, $INCLUDE, $GENERATE, owners left out,
// TTL and class in either order. It stops at the first thing it does not understand; what came before is kept, and the text of its
// error is the real one. The Source of a record is its lines in the file they stand in; of a generated one the $GENERATE line.
// Not modelled: a file that cannot be read for another reason than that it is not there.
import { sourcesOf, type Problem, type Read } from '../../chain/source.ts'
import { generate, include } from './zone-file-directives.ts'
import { beginLine, finishRecord } from './zone-file-line.ts'
import { fail, parserOf, TEXT_LIMIT, type Budget, type Parser, type ZoneFile, type ZoneFileOptions, type ZoneRecord } from './zone-file-parser.ts'

/** A bound: more than any zone that a cluster serves. */
const RECORD_LIMIT = 200_000

export function readZoneFile(file: string, text: string, options: ZoneFileOptions): Read<ZoneFile> {
  const records: ZoneRecord[] = []
  const budget: Budget = { chars: text.length, spent: false }
  const parser = parserOf(file, text, options.path, options.origin, options, 0, undefined, budget)
  parse(parser, records)
  const problems: Problem[] = []
  if (budget.spent) {
    const message = `zone file of more than ${RECORD_LIMIT} records or ${TEXT_LIMIT} characters: the rest is left out`
    problems.push({ code: 'zone-file-too-large', message, state: 'partly-modelled', source: sourcesOf(file, text)(0, 0) })
  }
  if (!parser.error) return { value: { records }, problems }
  problems.push({ code: 'zone-file-syntax', message: parser.error.text, state: 'damaged', source: parser.error.source })
  return { value: { records, error: parser.error }, problems }
}

/** dns.NewRR: the first record of a text without a file, below the root, with a TTL of an hour where it names none. A string: the error as printed;
 * undefined: the text holds no record, which is no error. */
export function readRecord(text: string, options: Pick<ZoneFileOptions, 'dialect' | 'open'>): ZoneRecord | string | undefined {
  const records: ZoneRecord[] = []
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const parser = parserOf('', whole, '', '.', { ...options, path: '', origin: '.' }, 0, { ttlS: RECORD_TTL_S, set: false }, { chars: whole.length, spent: false })
  parse(parser, records, 1)
  return records[0] ?? parser.error?.text
}

const RECORD_TTL_S = 3600

function parse(p: Parser, records: ZoneRecord[], most = Infinity): void {
  while (!p.budget.spent && records.length < most) {
    const line = beginLine(p)
    if (line === 'ended') break
    if (line === 'record') {
      const record = finishRecord(p)
      if (!record) break
      records.push(record)
      p.budget.spent ||= records.length > RECORD_LIMIT
    } else if (line !== 'directive') {
      const sub = line === '$INCLUDE' ? include(p) : generate(p)
      if (!sub) break
      parse(sub, records, most)
      p.error = sub.error
      if (p.error) return
    }
  }
  const broken = p.error || records.length >= most ? undefined : p.broken()
  if (broken) fail(p, broken.text, broken.token)
}
