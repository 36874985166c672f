// What was not understood of the input: one entry a code, the gravest first, and never more than a person reads.
import type { Problem } from '../chain/source.ts'
import type { Lang } from '../findings/diagnosis.ts'
import { factLines, type Fact } from './note-lines.ts'
import type { Line } from './paint.ts'
import { placeOf } from './place.ts'
import { words } from './wording.ts'

const GRAVITY: readonly Problem['state'][] = ['damaged', 'unmodelled', 'partly-modelled', 'unknown', 'ignored']
/** Why there is no answer at all. */
const BEFORE_ALL = ['asker-not-found', 'not-a-name']
const MAX_LINES = 8

export interface ProblemOptions {
  readonly lang: Lang
  readonly columns: number
  /** All of them, each with its own line. */
  readonly wide: boolean
}

export function problemLines(problems: readonly Problem[], options: ProblemOptions): Line[] {
  const w = words[options.lang]
  const graveFirst = problems.toSorted((a, b) => rank(a) - rank(b))
  if (options.wide) return factLines(w.problems, graveFirst.map(p => ({ name: '', text: problemText(p, options.lang) })), options.columns)
  const byCode = new Map<string, Problem[]>()
  for (const problem of graveFirst) byCode.set(problem.code, [...(byCode.get(problem.code) ?? []), problem])
  const facts: Fact[] = []
  let hidden = 0
  for (const [, [first, ...more]] of byCode) {
    const fact = { name: '', text: problemText(first as Problem, options.lang) + (more.length > 0 ? w.alsoThere(more.length) : '') }
    // The first is always said, however long.
    if (facts.length > 0 && (hidden > 0 || factLines(w.problems, [...facts, fact], options.columns).length > MAX_LINES)) hidden += 1 + more.length
    else facts.push(fact)
  }
  return factLines(w.problems, [...facts, ...(hidden > 0 ? [{ name: '', text: w.moreProblems(hidden) }] : [])], options.columns)
}

const rank = ({ code, state }: Problem): number => (BEFORE_ALL.includes(code) ? -1 : GRAVITY.indexOf(state))

function problemText(problem: Problem, lang: Lang): string {
  const named = problem.source === undefined || problem.message.startsWith(problem.source.file)
  return `${named ? '' : `${placeOf(problem.source, lang)}: `}${problem.message} [${problem.code}]`
}
