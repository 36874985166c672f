// What a difference is called, so that cases of one cause come together: the fields that differ, and the plugins that are there.
import { createHash } from 'node:crypto'
import type { Verdict } from '../fidelity/verdict.ts'
import { pluginsOf, type Scenario } from './scenario.ts'

type Different = Extract<Verdict, { kind: 'different' }>

/** `reply.answer`, `reply.flags`, `asked`, `log` … */
export function fieldsOf({ what }: Different): readonly string[] {
  return [...new Set(what.flatMap(text => {
    if (text.startsWith('start: refused')) return [plainly(text)]
    const kind = /^[a-z ]+/i.exec(text)?.[0] ?? text
    const sides = /^reply: (\{.*\}) for (\{.*\})$/s.exec(text)
    if (!sides) return [kind.startsWith('threw') ? 'threw' : kind]
    const [model, real] = [parsed(sides[1]), parsed(sides[2])]
    if (!model || !real) return [kind]
    if ('noReply' in model || 'noReply' in real) return ['reply.noReply']
    const keys = Object.keys({ ...model, ...real }).filter(key => JSON.stringify(model[key]) !== JSON.stringify(real[key]))
    // Where the rcode differs, so does all that hangs on it.
    return keys.includes('rcode') ? [`reply.rcode ${String(model['rcode'])} for ${String(real['rcode'])}`] : keys.map(key => `reply.${key}`)
  }))].sort()
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text ?? '') as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** The size of a reply and the log line follow from the reply. */
const FOLLOWS = new Set(['log', 'size'])

export function fingerprint(scenario: Pick<Scenario, 'blocks' | 'lines'>, verdict: Different): string {
  const fields = fieldsOf(verdict)
  if (scenario.lines) return startName(verdict)
  const told = fields.some(f => f.startsWith('reply')) ? fields.filter(f => !FOLLOWS.has(f)) : fields
  return `${pluginsOf(scenario).join('+') || 'no plugin'}: ${told.join(', ')}`
}

/** What a start ended in, ours and its own, without the words of the Corefile. */
function startName({ what }: Different): string {
  const text = what.find(line => line.startsWith('stderr')) ?? what.find(line => !line.startsWith('exit')) ?? ''
  return `start: ${plainly(text)}`
}

const plainly = (text: string): string =>
  text.replaceAll('\\"', "'").replace(/[\w./-]+:\d+ - /g, '').replace(/'[^']*'/g, '…').replace(/\b\d+\b/g, '0').slice(0, LONGEST_NAME)

const LONGEST_NAME = 200

/** Six letters to call a fingerprint by. */
export const shortName = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 6)
