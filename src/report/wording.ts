// The report's own words, in both languages; a missing one is a type error. Findings bring their own sentences. Ids, field
// names, results, flags and commands are never translated.
import type { Certainty, FixReport, Lang, OutcomeReport, Verdict } from '../findings/diagnosis.ts'

export interface Words {
  readonly verdict: Readonly<Record<Verdict, string>>
  readonly certainty: Readonly<Record<Certainty, string>>
  readonly applicability: Readonly<Record<FixReport['applicability'], string>>
  readonly noteKind: Readonly<Record<'why' | 'seen' | 'confirmed' | 'note', string>>
  readonly result: Readonly<Record<OutcomeReport['result'], string>>
  readonly colon: string
  readonly semicolon: string
  /** Between sentences. */
  readonly space: string
  readonly paren: (text: string) => string
  readonly asked: (place: string, node: string, kind: string) => string
  readonly ends: (basis: 'fill' | 'steady', complete: boolean) => string
  readonly longRun: (share: string) => string
  readonly moreOutcomes: (n: number) => string
  readonly letters: (moreHidden: number) => string
  readonly spells: (bad: string, good: string, share: string, recovery: string) => string
  readonly seen: string
  readonly predicted: string
  readonly decidedBy: string
  readonly decides: (choice: string, ends: string, share: string) => string
  readonly spellsHead: string
  readonly lookups: (lookups: number, failed: number) => string
  readonly fills: (type: string, failed: number, n: number, low: string, high: string) => string
  readonly outsideModel: (n: number) => string
  readonly help: string
  readonly orElse: string
  readonly newFile: string
  readonly then: string
  /** A step that begins with the word itself. */
  readonly leadingThen: RegExp
  readonly thenWritten: string
  readonly writtenBy: (places: string, program: string) => string
  readonly proved: string
  readonly unproved: string
  readonly better: string
  readonly worse: string
  readonly nobody: string
  readonly andMore: (n: number) => string
  readonly alike: (n: number) => string
  readonly caution: string
  readonly notCures: string
  readonly ruledOut: string
  readonly open: string
  readonly settledBy: (how: string) => string
  readonly notLooked: string
  readonly notLookedFlag: (flag: string) => string
  readonly problems: string
  readonly alsoThere: (n: number) => string
  readonly moreProblems: (n: number) => string
  readonly noFinding: string
  readonly count: (errors: number, warnings: number, infos: number) => string
  readonly nextExplain: (command: string) => string
  readonly nextJson: (command: string) => string
  readonly witness: string
  readonly servers: readonly [string, string, string, string]
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

const en: Words = {
  verdict: { works: 'works', intermittent: 'resolves only sometimes', fails: 'fails', slow: 'is slow', absent: 'does not exist', inconclusive: 'inconclusive' },
  certainty: { confirmed: 'confirmed', likely: 'likely', possible: 'possible' },
  applicability: { machine: 'can be applied as it stands', likely: 'likely right, read it first', byHand: 'by hand' },
  noteKind: { why: 'why', seen: 'seen', confirmed: 'confirmed', note: 'note' },
  result: { answer: 'answer', nxdomain: 'NXDOMAIN', nodata: 'NODATA', servfail: 'SERVFAIL', refused: 'REFUSED', timeout: 'timeout', error: 'error' },
  colon: ': ', semicolon: '; ', space: ' ', paren: text => ` (${text})`,
  asked: (place, node, kind) => `asked by ${place}${node === '' ? '' : ` on node ${node}`}${kind === '' ? '' : `, ${kind}`}`,
  ends: (basis, complete) => `how it can end (${basis === 'fill' ? 'odds of one cache fill' : 'share of lookups in the long run'}${complete ? '' : '; not all of it was explored'})`,
  longRun: share => `${share} of lookups in the long run`,
  moreOutcomes: n => `${n} more: \`-o wide\` shows them`,
  letters: hidden => `one letter a cache fill${hidden > 0 ? `; ${hidden} more left out` : ''}`,
  spells: (bad, good, share, recovery) => `${share} of lookups fail; bad for ${bad}, good for ${good} on average; after a cure the last bad answer is gone within ${recovery}`,
  seen: 'seen', predicted: 'predicted', decidedBy: 'decided by', decides: (choice, ends, part) => `${choice}${part === '' ? '' : ` (${part})`}: ${ends}`, spellsHead: 'spells',
  lookups: (lookups, failed) => `${failed} of ${plural(lookups, 'lookup')} failed`,
  fills: (type, failed, n, low, high) => `${type}: ${failed} of ${plural(n, 'cache fill')} failed (95 % interval ${low}-${high} %)`,
  outsideModel: n => `${plural(n, 'observation')} that the model of this cluster says cannot happen`,
  help: 'help', orElse: 'or: ', newFile: '(new file)',
  then: 'then', leadingThen: /^then,? /i, thenWritten: 'then written', writtenBy: (places, program) => `${places} by ${program}`, proved: 'proved', unproved: 'a suggestion: not proved in the model',
  better: 'better for', worse: 'worse for', nobody: 'nobody', andMore: n => `and ${n} more`, alike: n => ` (and ${n} like it)`, caution: 'caution',
  notCures: 'often tried, does not fix it', ruledOut: 'ruled out', open: 'still open', settledBy: how => `settled by: ${how}`,
  notLooked: 'not looked', notLookedFlag: flag => ` (${flag} adds it)`,
  problems: 'not understood', alsoThere: n => `; and ${n} more like it`, moreProblems: n => `${n} more: \`-o wide\` lists them`,
  noFinding: 'No finding.',
  count: (errors, warnings, infos) => [plural(errors, 'error'), plural(warnings, 'warning'), ...(infos > 0 ? [plural(infos, 'remark')] : [])].join(', '),
  nextExplain: command => `\`${command}\` tells more.`,
  nextJson: command => `\`${command}\` gives all of it.`,
  witness: 'by', servers: ['SERVER', 'FORWARDED', 'PROBED', 'ANSWERS'],
}

const zh: Words = {
  verdict: { works: '正常', intermittent: '时好时坏', fails: '失败', slow: '缓慢', absent: '不存在', inconclusive: '无法判断' },
  certainty: { confirmed: '已证实', likely: '很可能', possible: '可能' },
  applicability: { machine: '可直接应用', likely: '多半正确，请先过目', byHand: '需手工操作' },
  noteKind: { why: '原因', seen: '观测', confirmed: '已证实', note: '说明' },
  result: en.result,
  colon: '：', semicolon: '；', space: '', paren: text => `（${text}）`,
  asked: (place, node, kind) => `提问者 ${place}${node === '' ? '' : `，节点 ${node}`}${kind === '' ? '' : `，${kind}`}`,
  ends: (basis, complete) => `可能的结果（${basis === 'fill' ? '每次缓存填充的概率' : '长期来看在全部查询中所占的比例'}${complete ? '' : '；未能穷尽'}）`,
  longRun: share => `长期占查询的 ${share}`,
  moreOutcomes: n => `另有 ${n} 种：用 \`-o wide\` 查看`,
  letters: hidden => `每个字母代表一次缓存填充${hidden > 0 ? `；另有 ${hidden} 次未显示` : ''}`,
  spells: (bad, good, share, recovery) => `${share} 的查询失败；平均坏 ${bad}、好 ${good}；修复后最后一个错误答案会在 ${recovery} 内消失`,
  seen: '观测', predicted: '预测', decidedBy: '取决于', decides: (choice, ends, part) => `${choice}${part === '' ? '' : `（${part}）`}：${ends}`, spellsHead: '好坏时段',
  lookups: (lookups, failed) => `${lookups} 次查询中 ${failed} 次失败`,
  fills: (type, failed, n, low, high) => `${type}：${n} 次缓存填充中 ${failed} 次失败（95 % 置信区间 ${low}-${high} %）`,
  outsideModel: n => `有 ${n} 项观测是此集群的模型认为不可能出现的`,
  help: '修复建议', orElse: '或者：', newFile: '（新文件）',
  then: '然后', leadingThen: /^(?:然后|随后|再)[，,]?/, thenWritten: '随后写入', writtenBy: (places, program) => `${places}（由 ${program}）`, proved: '验证', unproved: '仅为建议：未在模型中得到验证',
  better: '变好', worse: '变差', nobody: '无', andMore: n => `另有 ${n} 项`, alike: n => `（及同类 ${n} 个）`, caution: '注意',
  notCures: '常被尝试，但解决不了问题', ruledOut: '已排除', open: '尚未确定', settledBy: how => `确定方法：${how}`,
  notLooked: '未检查', notLookedFlag: flag => `（加 ${flag} 可检查）`,
  problems: '未能理解', alsoThere: n => `；另有 ${n} 处同类`, moreProblems: n => `另有 ${n} 处：用 \`-o wide\` 列出`,
  noFinding: '没有发现问题。',
  count: (errors, warnings, infos) => [`${errors} 个错误`, `${warnings} 个警告`, ...(infos > 0 ? [`${infos} 条提示`] : [])].join('，'),
  nextExplain: command => `运行 \`${command}\` 了解更多。`,
  nextJson: command => `运行 \`${command}\` 查看全部内容。`,
  witness: '经由', servers: ['SERVER', 'FORWARDED', 'PROBED', 'ANSWERS'],
}

export const words: Readonly<Record<Lang, Words>> = { en, zh }
