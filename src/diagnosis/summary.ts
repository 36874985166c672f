// The verdict in one sentence, a number first where there is one. The name is put before it by the report.
import { compare, toNumber } from '../chain/rational.ts'
import type { Ending, Explanation } from '../findings/case.ts'
import type { Observed, Said } from '../findings/diagnosis.ts'

const WORDS: Readonly<Record<Ending['result'], Said>> = {
  answer: { en: 'an answer', zh: '有答案' },
  nxdomain: { en: 'NXDOMAIN', zh: 'NXDOMAIN' },
  nodata: { en: 'no data (the name exists, without an address)', zh: '无数据（名称存在，但没有地址）' },
  servfail: { en: 'SERVFAIL', zh: 'SERVFAIL' },
  refused: { en: 'REFUSED', zh: 'REFUSED' },
  timeout: { en: 'no answer in time', zh: '超时无应答' },
  error: { en: 'an error', zh: '错误' },
}

export function summaryOf(explanation: Explanation, observed: Observed | null): Said {
  const bad = explanation.endings.filter(e => e.result !== 'answer')
  const good = explanation.endings.filter(e => e.result === 'answer')
  const answers = answersOf(good)
  const seen = seenOf(observed)
  const assumed = explanation.assumed.length > 0
    ? { en: `; ${explanation.assumed.length} server${explanation.assumed.length > 1 ? 's' : ''} not asked, taken to be like the others`, zh: `；${explanation.assumed.length} 个服务器未被询问，按同类处理` } : { en: '', zh: '' }
  const said = (en: string, zh: string): Said => ({ en: `${en}${seen.en}${assumed.en}`, zh: `${zh}${seen.zh}${assumed.zh}` })
  const goodPart = good.length === 0 ? { en: '', zh: '' } : { en: `, the others in ${answers.en}`, zh: `，其余得到 ${answers.zh}` }
  switch (explanation.verdict) {
    case 'works': return said(`resolves, always: ${answers.en}`, `可解析，且总是：${answers.zh}`)
    case 'slow': return said(`resolves, but slowly: up to ${Math.max(...good.map(e => e.elapsedMs)) / 1000} s; ${answers.en}`, `可解析，但很慢：最多 ${Math.max(...good.map(e => e.elapsedMs)) / 1000} 秒；${answers.zh}`)
    case 'intermittent': return bad.length > 0
      ? said(`resolves only sometimes: ${bad.map((e, i) => partEn(e, i === 0)).join(', ')}${goodPart.en}`, `时好时坏：${bad.map((e, i) => partZh(e, i === 0)).join('，')}${goodPart.zh}`)
      : said('resolves only sometimes', '时好时坏')
    case 'fails': return said(`never resolves: ${bad.map(e => WORDS[e.result].en).join(' or ')}`, `始终无法解析：${bad.map(e => WORDS[e.result].zh).join(' 或 ')}`)
    case 'absent': return said('does not exist: everyone who may know says so', '不存在：所有可能知道的服务器都这样回答')
    case 'inconclusive': if (explanation.unknowns.length === 0 && explanation.endings.some(e => e.causes.some(c => c.kind === 'unmodelled'))) return said(
      'inconclusive: part of the way is not modelled, or not in the evidence', '无法定论：途中有一部分未建模，或不在证据中')
    return said(`inconclusive: it depends on ${explanation.unknowns.length === 1 ? 'one thing' : `${explanation.unknowns.length || 'several'} things`} that the evidence does not show`, `无法定论：取决于证据未显示的 ${explanation.unknowns.length || '若干'} 件事`)
  }
}

/** Endings may differ only in what nobody told (an AAAA that was not asked for): that is left out. */
function answersOf(good: readonly Ending[]): Said {
  const known = [...new Set(good.map(e => e.addresses.filter(a => a !== 'unknown').join(', ')).filter(a => a !== ''))].join(' / ')
  return known === '' ? { en: 'an address', zh: '一个地址' } : { en: known, zh: known }
}

/** A fraction that a person can picture; else per cent, a range where worlds differ. */
function share({ odds: { min, max } }: Ending): readonly [number: bigint, of: bigint] | string {
  if (compare(min, max) !== 0) return `${(100 * toNumber(min)).toFixed(0)}–${(100 * toNumber(max)).toFixed(0)} %`
  return min[1] <= 1000n ? min : `${(100 * toNumber(min)).toFixed(1)} %`
}

/** `1 in 3 cache fills ends in NXDOMAIN`, and further ones `2 in 9 in SERVFAIL`. */
function partEn(ending: Ending, first: boolean): string {
  const odds = share(ending)
  const part = typeof odds === 'string' ? odds : `${odds[0]} in ${odds[1]}`
  const fills = typeof odds === 'string' ? ' of cache fills end' : odds[0] === 1n ? ' cache fills ends' : ' cache fills end'
  return `${part}${first ? fills : ''} in ${WORDS[ending.result].en}`
}

function partZh(ending: Ending, first: boolean): string {
  const odds = share(ending)
  if (typeof odds === 'string') return `${first ? '缓存填充中 ' : ''}${odds} 得到 ${WORDS[ending.result].zh}`
  return `${first ? `每 ${odds[1]} 次缓存填充中有` : `每 ${odds[1]} 次中有`} ${odds[0]} 次得到 ${WORDS[ending.result].zh}`
}

function seenOf(observed: Observed | null): Said {
  if (!observed || observed.lookups === 0) {
    const fill = observed?.fills['A']
    return fill ? { en: ` (seen: ${fill.failed} of ${fill.n} fills failed)`, zh: `（实测：${fill.n} 次填充中 ${fill.failed} 次失败）` } : { en: '', zh: '' }
  }
  return { en: ` (seen: ${observed.failed} of ${observed.lookups} lookups failed)`, zh: `（实测：${observed.lookups} 次解析中 ${observed.failed} 次失败）` }
}
