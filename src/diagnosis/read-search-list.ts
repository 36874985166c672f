// The search list, seen from outside: `ndots-amplification` by the share of questions that only try suffixes, `wildcard-search-domain` where a suffix
// answers for unrelated names with the same addresses.
import { labelsOf, withoutDot } from '../dns/name.ts'
import type { ReadEvidence, ReadHit } from './read-evidence.ts'
import { suffixedIn, type ClientQuestion, type Lookup } from './read-lookups.ts'

/** As `whydns why` has it: so many questions a lookup before the one that counts. */
const WASTED = 4
const LOOKUPS_NOTICED = 3
const SHARE_NOTICED = 0.5
const HITS_KEPT = 10

export function ndotsHits({ lookups }: ReadEvidence): ReadHit[] {
  const wasting = lookups.filter(lookup => wastedIn(lookup).length >= WASTED)
  const questions = lookups.reduce((sum, lookup) => sum + lookup.questions.length, 0)
  const wasted = lookups.reduce((sum, lookup) => sum + wastedIn(lookup).length, 0)
  if (wasting.length < LOOKUPS_NOTICED || wasted / questions < SHARE_NOTICED) return []
  const worst = wasting.reduce((best, lookup) => (wastedIn(lookup).length > wastedIn(best).length ? lookup : best))
  const most = wastedIn(worst)
  const share = Math.round((wasted / questions) * 100)
  const sources = most.map(question => question.source).slice(0, 2)
  const names = [...new Set(wasting.map(lookup => withoutDot(lookup.name)))].sort()
  return [{
    id: 'ndots-amplification', level: 'info', certainty: 'confirmed',
    message: { en: `${wasted} of ${questions} questions (${share} %) only try the search list, up to ${most.length} a lookup`, zh: `${questions} 个查询中有 ${wasted} 个（${share} %）只是在尝试搜索列表，每次解析最多 ${most.length} 个` },
    fingerprint: `ndots-amplification:${[...new Set(wasting.map(lookup => lookup.client))].sort().slice(0, 8).join(',')}`,
    sources: sources.map((source, i) => ({ source, primary: i === 0, label: { en: `tried before \`${withoutDot(worst.name)}\``, zh: `在 \`${withoutDot(worst.name)}\` 之前尝试` } })),
    evidence: most.slice(0, 3).map(question => question.id),
    notes: [{ kind: 'note', said: { en: `lookups of ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}; a trailing dot or ndots:2 saves them`, zh: `涉及 ${names.slice(0, 4).join('、')}${names.length > 4 ? '……' : ''}；写成以点结尾或设置 ndots:2 即可省去` } }],
  }]
}

/** Where a candidate with a suffix is what resolves, the list does its work: only what was tried before it is wasted. */
function wastedIn(lookup: Lookup): ClientQuestion[] {
  const suffixed = suffixedIn(lookup)
  const found = suffixed.find(question => question.result === 'answer')
  return suffixed.filter(question => question.result === 'nxdomain' && question.name !== found?.name)
}

interface Wildcard {
  readonly suffix: string
  readonly answers: string
  readonly bases: Map<string, ClientQuestion>
}

export function wildcardHits({ lookups }: ReadEvidence): ReadHit[] {
  const found = new Map<string, Wildcard>()
  const own = new Map<string, string>()
  for (const lookup of lookups) {
    for (const question of lookup.questions) {
      const answers = [...question.answers].sort().join(', ')
      if (question.result !== 'answer' || answers === '') continue
      if (question.name === lookup.name) own.set(lookup.name, answers)
      const suffix = question.name.slice(lookup.name.length)
      if (question.name === lookup.name || labelsOf(lookup.name).length < 2) continue
      const key = `${suffix} ${answers}`
      const wildcard = found.get(key) ?? { suffix, answers, bases: new Map<string, ClientQuestion>() }
      found.set(key, wildcard)
      if (!wildcard.bases.has(lookup.name)) wildcard.bases.set(lookup.name, question)
    }
  }
  const parentOf = (name: string): string => labelsOf(name).slice(-2).join('.')
  return [...found.values()].filter(({ bases }) => new Set([...bases.keys()].map(parentOf)).size > 1)
    .sort((a, b) => b.bases.size - a.bases.size || (a.suffix < b.suffix ? -1 : 1)).slice(0, HITS_KEPT).map(wildcard => wildcardHit(wildcard, own))
}

function wildcardHit({ suffix, answers, bases }: Wildcard, own: ReadonlyMap<string, string>): ReadHit {
  const names = [...bases.keys()].sort()
  const shown = withoutDot(suffix)
  const differs = names.find(name => own.has(name) && own.get(name) !== answers)
  const sources = [...bases.values()].map(question => question.source).slice(0, 2)
  return {
    id: 'wildcard-search-domain', level: 'error', certainty: names.length > 2 || differs !== undefined ? 'confirmed' : 'likely',
    message: { en: `the search domain \`${shown}\` answers for names that are not its own: ${names.length} unrelated names get ${answers}`, zh: `搜索域 \`${shown}\` 对不属于它的名称也给出答案：${names.length} 个不相干的名称都得到 ${answers}` },
    fingerprint: `wildcard-search-domain:${shown}`,
    sources: sources.map((source, i) => ({ source, primary: i === 0, label: { en: `a name under \`${shown}\` that nobody made`, zh: `\`${shown}\` 下并没有人创建过的名称` } })),
    evidence: [...bases.values()].slice(0, 5).map(question => question.id),
    notes: [
      { kind: 'why', said: { en: 'a wildcard record answers before the name itself is asked', zh: '泛解析记录抢先作答，真正的名称反而没有被查询' } },
      { kind: 'seen', said: { en: `asked for ${names.slice(0, 4).map(withoutDot).join(', ')}${differs === undefined ? '' : `; ${withoutDot(differs)} itself has ${own.get(differs) ?? ''}`}`, zh: `查询的是 ${names.slice(0, 4).map(withoutDot).join('、')}${differs === undefined ? '' : `；${withoutDot(differs)} 本身的地址是 ${own.get(differs) ?? ''}`}` } },
    ],
  }
}
