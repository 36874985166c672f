// The verdict in one sentence, a number first where there is one. The name is put before it by the report.
import { toNumber } from '../chain/rational.ts'
import type { Ending, Explanation } from '../findings/case.ts'
import type { Observed, Said } from '../findings/diagnosis.ts'
import { oddsText } from './prove.ts'

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
  const answers = good.map(e => e.addresses.join(', ')).join(' / ')
  const seen = seenOf(observed)
  const assumed = explanation.assumed.length > 0
    ? { en: `; ${explanation.assumed.length} server${explanation.assumed.length > 1 ? 's' : ''} not asked, taken to be like the others`, zh: `；${explanation.assumed.length} 个服务器未被询问，按同类处理` } : { en: '', zh: '' }
  const said = (en: string, zh: string): Said => ({ en: `${en}${seen.en}${assumed.en}`, zh: `${zh}${seen.zh}${assumed.zh}` })
  const worst = bad[0]
  switch (explanation.verdict) {
    case 'works': return said(`resolves, always: ${answers}`, `可解析，且总是：${answers}`)
    case 'slow': return said(`resolves, but slowly: up to ${Math.max(...good.map(e => e.elapsedMs)) / 1000} s; ${answers}`, `可解析，但很慢：最多 ${Math.max(...good.map(e => e.elapsedMs)) / 1000} 秒；${answers}`)
    case 'intermittent': return worst
      ? said(`resolves only sometimes: ${WORDS[worst.result].en} in ${share(worst)} of cache fills, ${answers || 'an answer'} in the others`, `时好时坏：${share(worst)} 的缓存填充得到 ${WORDS[worst.result].zh}，其余为 ${answers || '有答案'}`)
      : said('resolves only sometimes', '时好时坏')
    case 'fails': return said(`never resolves: ${bad.map(e => WORDS[e.result].en).join(' or ')}`, `始终无法解析：${bad.map(e => WORDS[e.result].zh).join(' 或 ')}`)
    case 'absent': return said('does not exist: everyone who may know says so', '不存在：所有可能知道的服务器都这样回答')
    case 'inconclusive': return said(`inconclusive: it depends on ${explanation.unknowns.length || 'several'} things that the evidence does not show`, `无法定论：取决于证据未显示的 ${explanation.unknowns.length || '若干'} 件事`)
  }
}

/** `1 in 3`, or a range in per cent. */
function share(ending: Ending): string {
  const [min, max] = [toNumber(ending.odds.min), toNumber(ending.odds.max)]
  if (min === max) return ending.odds.min[1] <= 1000n ? oddsText(ending).replace('/', ' in ') : `${(100 * min).toFixed(1)} %`
  return `${(100 * min).toFixed(0)}–${(100 * max).toFixed(0)} %`
}

function seenOf(observed: Observed | null): Said {
  if (!observed || observed.lookups === 0) {
    const fill = observed?.fills['A']
    return fill ? { en: ` (seen: ${fill.failed} of ${fill.n} fills failed)`, zh: `（实测：${fill.n} 次填充中 ${fill.failed} 次失败）` } : { en: '', zh: '' }
  }
  return { en: ` (seen: ${observed.failed} of ${observed.lookups} lookups failed)`, zh: `（实测：${observed.lookups} 次解析中 ${observed.failed} 次失败）` }
}
