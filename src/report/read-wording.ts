// The words of a reading, in both languages; results and field names are not translated.
import { plural } from './wording.ts'
import type { Lang } from '../findings/diagnosis.ts'
import type { RowVerdict } from '../findings/reading.ts'

export interface ReadWords {
  readonly verdicts: Readonly<Record<RowVerdict, string>>
  readonly heads: { readonly name: string; readonly type: string; readonly verdict: string }
  readonly noData: string
  readonly silent: string
  readonly refusing: string
  readonly addresses: (n: number) => string
  readonly aliases: (n: number) => string
  readonly matrix: string
  readonly legend: (hasForwarder: boolean, hasProbed: boolean) => string
  readonly moreRows: (n: number) => string
  readonly servers: string
  readonly serverHeads: readonly [string, string, string, string]
  readonly forwards: (asks: string) => string
  readonly lookups: string
  readonly lookup: (lookups: number, failed: number, questions: number, suffixed: number) => string
  readonly more: (n: number) => string
  readonly unanswered: string
  readonly unansweredAt: (client: string, name: string, type: string, n: number, evidence: string) => string
  readonly fills: string
  readonly fill: (failed: number, n: number, low: string, high: string) => string
  readonly applications: string
  readonly application: (lookups: number, failed: number, spells: number) => string
  readonly files: string
  readonly file: (kind: string, n: number) => string
}

const en: ReadWords = {
  verdicts: { same: 'same', rotates: 'rotates, same owner', split: 'split', changes: 'changes', alone: 'one server only', unanswered: 'no answer' },
  heads: { name: 'NAME', type: 'TYPE', verdict: 'VERDICT' },
  noData: 'no data', silent: 'no answer', refusing: 'unreachable', addresses: n => `${n} addrs`, aliases: n => `${n} records`,
  matrix: 'what each server said, and how often',
  legend: (hasForwarder, hasProbed) => [
    'counts are questions', ...(hasProbed ? ['* asked by hand, not seen in traffic'] : []), '- not asked',
    ...(hasForwarder ? ['^ asks others itself: what changes there is the effect'] : []),
  ].join('; '),
  moreRows: n => `${plural(n, 'more row')}: \`-o wide\` shows them`,
  servers: 'servers', serverHeads: ['SERVER', 'QUESTIONS', 'MEDIAN', 'RESULTS'], forwards: asks => `asks ${asks}`,
  lookups: 'lookups',
  lookup: (lookups, failed, questions, suffixed) => `${failed} of ${plural(lookups, 'lookup')} failed; ${plural(questions, 'question')}${suffixed > 0 ? `, ${suffixed} of them with a suffix` : ''}`,
  more: n => `${n} more: \`-o wide\` shows them`,
  unanswered: 'no answer',
  unansweredAt: (client, name, type, n, evidence) => `${client} asked ${name} ${type}, ${n === 1 ? 'once' : `${n} times`} (${evidence})`,
  fills: 'cache fills', fill: (failed, n, low, high) => `${failed} of ${plural(n, 'fill')} failed (95 % interval ${low}-${high} %)`,
  applications: 'applications', application: (lookups, failed, spells) => `${failed} of ${plural(lookups, 'lookup')} failed${spells > 1 ? `, in ${spells} spells` : ''}`,
  files: 'read', file: (kind, n) => `${kind}, ${plural(n, 'observation')}`,
}

const zh: ReadWords = {
  verdicts: { same: '一致', rotates: '轮换（同一归属）', split: '矛盾', changes: '前后不一', alone: '只有一个服务器', unanswered: '无应答' },
  heads: { name: 'NAME', type: 'TYPE', verdict: '结论' },
  noData: '无数据', silent: '无应答', refusing: '不可达', addresses: n => `${n} 个地址`, aliases: n => `${n} 条记录`,
  matrix: '各服务器的答案与次数',
  legend: (hasForwarder, hasProbed) => [
    '数字为查询次数', ...(hasProbed ? ['* 为手工询问，未出现在流量中'] : []), '- 表示未询问', ...(hasForwarder ? ['^ 表示该服务器自己也向别人查询：它的变化只是结果'] : []),
  ].join('；'),
  moreRows: n => `另有 ${n} 行：用 \`-o wide\` 查看`,
  servers: '服务器', serverHeads: ['SERVER', '查询', '中位数', '结果'], forwards: asks => `向 ${asks} 查询`,
  lookups: '解析', lookup: (lookups, failed, questions, suffixed) => `${lookups} 次解析中 ${failed} 次失败；共 ${questions} 个查询${suffixed > 0 ? `，其中 ${suffixed} 个带后缀` : ''}`,
  more: n => `另有 ${n} 项：用 \`-o wide\` 查看`,
  unanswered: '无应答', unansweredAt: (client, name, type, n, evidence) => `${client} 查询 ${name} ${type}，${n} 次（${evidence}）`,
  fills: '缓存填充', fill: (failed, n, low, high) => `${n} 次填充中 ${failed} 次失败（95 % 置信区间 ${low}-${high} %）`,
  applications: '应用', application: (lookups, failed, spells) => `${lookups} 次解析中 ${failed} 次失败${spells > 1 ? `，分为 ${spells} 段` : ''}`,
  files: '已读取', file: (kind, n) => `${kind}，${n} 条观测`,
}

export const readWords: Readonly<Record<Lang, ReadWords>> = { en, zh }
