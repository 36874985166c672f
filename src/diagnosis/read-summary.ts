// The verdict of a reading, and its sentence. Nothing found and nothing seen are different results.
import { withoutDot } from '../dns/name.ts'
import type { FindingReport, Said, Verdict } from '../findings/diagnosis.ts'
import type { ApplicationReading, LookupReading, MatrixRow } from '../findings/reading.ts'
import type { ReadEvidence } from './read-evidence.ts'

export interface Summed {
  readonly evidence: ReadEvidence
  readonly findings: readonly FindingReport[]
  readonly matrix: readonly MatrixRow[]
  readonly lookups: readonly LookupReading[]
  readonly applications: readonly ApplicationReading[]
}

/** `intermittent`: servers or times differ; `fails`: a server answers nothing; `inconclusive`: nothing was seen, or failures that nothing here explains. */
export function verdictOf({ evidence, findings, matrix, applications, lookups }: Summed): Verdict {
  const error = findings.find(finding => finding.level === 'error')
  if (error) return error.id === 'upstream-unreachable' || error.id === 'wildcard-search-domain' ? 'fails' : 'intermittent'
  if (evidence.asks.every(ask => ask.result === undefined) && evidence.lines.length === 0 && evidence.application.length === 0) return 'inconclusive'
  if (applications.some(each => each.failed > 0 && each.failed < each.lookups) || lookups.some(isMixed) || matrix.some(row => row.verdict === 'changes')) return 'inconclusive'
  // Only failures: nobody who might know was heard.
  if (applications.length > 0 && applications.every(each => each.failed > 0) && evidence.asks.length === 0 && evidence.lines.length === 0) return 'inconclusive'
  return 'works'
}

const isMixed = ({ results }: LookupReading): boolean => (results['answer'] ?? 0) > 0 && (results['nxdomain'] ?? 0) > 0

export function summaryOf(verdict: Verdict, summed: Summed): Said {
  const { findings, matrix, lookups, applications } = summed
  const { en, zh } = countsOf(summed)
  const worst = findings.find(finding => finding.level === 'error')
  if (worst) {
    const split = new Set(matrix.filter(row => row.verdict === 'split').map(row => row.name)).size
    const about: Said = split > 0 ? { en: `servers contradict one another about ${split} ${split === 1 ? 'name' : 'names'}`, zh: `服务器对 ${split} 个域名的答案相互矛盾` } : { en: worst.message, zh: worst.message_zh }
    return { en: `${about.en} (${en})`, zh: `${about.zh}（${zh}）` }
  }
  if (verdict === 'works') {
    const split = new Set(matrix.filter(row => row.verdict === 'split').map(row => row.name)).size
    return {
      en: `nothing wrong is seen in ${en}${split > 0 ? `; servers contradict one another about ${split} ${split === 1 ? 'name' : 'names'}, but nobody who waited was told so` : ''}`,
      zh: `在${zh}中没有看到问题${split > 0 ? `；有服务器对 ${split} 个域名的答案相互矛盾，但没有等待中的客户端因此受影响` : ''}`,
    }
  }
  const mixed = applications.find(each => each.failed > 0 && each.failed < each.lookups) ?? lookups.find(isMixed) ?? applications.find(each => each.failed > 0)
  if (mixed) return {
    en: `${withoutDot(mixed.name)} failed in ${mixed.failed} of ${mixed.lookups} lookups; nothing here tells which server said so`,
    zh: `${withoutDot(mixed.name)} 在 ${mixed.lookups} 次解析中失败 ${mixed.failed} 次；从这些材料看不出是哪个服务器造成的`,
  }
  if (findings[0]) return { en: findings[0].message, zh: findings[0].message_zh }
  const changing = matrix.find(row => row.verdict === 'changes')
  if (changing) return { en: `what is said of ${withoutDot(changing.name)} changes; nothing here tells why`, zh: `对 ${withoutDot(changing.name)} 的答复前后不一；从这些材料看不出原因` }
  if (summed.evidence.asks.length > 0) return { en: `${summed.evidence.asks.length} questions and not one answer are seen in it`, zh: `其中有 ${summed.evidence.asks.length} 个查询，却没有一个应答` }
  return { en: 'nothing about DNS is seen in it', zh: '其中没有任何 DNS 内容' }
}

function countsOf({ evidence, matrix, applications }: Summed): Said {
  const servers = new Set(evidence.asks.map(ask => ask.server)).size
  const names = new Set(matrix.map(row => row.name)).size
  const parts: Said[] = [
    ...(evidence.asks.length > 0 ? [{ en: `${evidence.asks.length} ${evidence.asks.length === 1 ? 'question' : 'questions'} to ${servers} ${servers === 1 ? 'server' : 'servers'} about ${names} ${names === 1 ? 'name' : 'names'}`, zh: `发往 ${servers} 个服务器、关于 ${names} 个域名的 ${evidence.asks.length} 个查询` }] : []),
    ...(evidence.lines.length > 0 ? [{ en: `${evidence.lines.length} log lines of CoreDNS`, zh: `${evidence.lines.length} 行 CoreDNS 日志` }] : []),
    ...(evidence.application.length > 0 ? [{ en: `${evidence.application.length} lookups of ${new Set(applications.map(each => each.place)).size} applications`, zh: `${new Set(applications.map(each => each.place)).size} 个应用的 ${evidence.application.length} 次解析` }] : []),
  ]
  return { en: parts.map(part => part.en).join(', '), zh: parts.map(part => part.zh).join('、') }
}
