// The words of a simulation, in both languages.
import type { Lang } from '../findings/diagnosis.ts'
import type { SimulatedRequests } from '../findings/simulation.ts'

export interface SimulatedWords {
  readonly requests: (kind: SimulatedRequests['kind'], rate: string, basis: SimulatedRequests['basis']) => string
  readonly seed: (seed: number) => string
  readonly letters: (each: number) => string
  readonly slow: string
  readonly mixed: string
  readonly heads: readonly [string, string, string]
  readonly rows: Readonly<Record<'lookups' | 'fills' | 'bad' | 'good' | 'recovery', string>>
  readonly ofLookups: (share: string, failed: number, n: number) => string
  readonly ofFills: (failed: number, n: number, low: string, high: string) => string
  readonly noFill: string
  readonly spell: (mean: string, n: number, longest: string) => string
  readonly noSpell: string
  readonly recovery: (worst: string, n: number) => string
  readonly noRecovery: string
  readonly notWorkedOut: string
  readonly approximately: string
  readonly worlds: string
  readonly drawn: (seed: number) => string
  readonly world: (what: string, fill: string, failed: number, n: number) => string
  readonly moreWorlds: (n: number) => string
  readonly outside: (n: number) => string
}

const basis: Readonly<Record<SimulatedRequests['basis'], Readonly<Record<Lang, string>>>> = {
  given: { en: 'as asked', zh: '按要求' },
  observed: { en: 'as often as the log of the CoreDNS pod shows, all clients together', zh: '按 CoreDNS 日志所示的频率，含全部客户端' },
  assumed: { en: 'assumed: the evidence does not show how often it is asked', zh: '假定值：证据未显示查询频率' },
}

const en: SimulatedWords = {
  requests: (kind, rate, from) => `${kind === 'every' ? `a lookup every ${rate}` : `${rate} lookups a second, at random`} (${basis[from].en})`,
  seed: seed => `seed ${seed}`,
  letters: each => (each === 1 ? 'one letter a lookup' : `one letter for ${each} lookups`),
  slow: 'answer, after 1 s or more', mixed: 'some of each',
  heads: ['', 'PREDICTED', 'SIMULATED'],
  rows: { lookups: 'failing lookups', fills: 'failing cache fills', bad: 'bad spells', good: 'good spells', recovery: 'after a cure' },
  ofLookups: (share, failed, n) => `${share} (${failed} of ${n})`,
  ofFills: (failed, n, low, high) => `${failed} of ${n} (95 % interval ${low}-${high} %)`,
  noFill: 'none was made',
  spell: (mean, n, longest) => `${mean} on average (${n}, the longest ${longest})`,
  noSpell: 'none ended',
  recovery: (worst, n) => `bad for ${worst} more at most (mended right after a bad fill, ${n === 1 ? 'once' : `${n} times`})`,
  noRecovery: 'no one choice mends it', notWorkedOut: '-', approximately: ' or so',
  worlds: 'worlds', drawn: seed => `drawn by seed ${seed}`,
  world: (what, fill, failed, n) => `${what === '' ? '' : `${what}: `}${fill} of cache fills fail, ${failed} of ${n} lookups did`,
  moreWorlds: n => `${n} more were not run`,
  outside: n => `${n} lookups ended in a way that the explorer says cannot happen: a fault of whydns, please report it`,
}

const zh: SimulatedWords = {
  requests: (kind, rate, from) => `${kind === 'every' ? `每 ${rate} 查询一次` : `平均每秒 ${rate} 次随机查询`}（${basis[from].zh}）`,
  seed: seed => `种子 ${seed}`,
  letters: each => (each === 1 ? '每个字母代表一次查询' : `每个字母代表 ${each} 次查询`),
  slow: '1 秒以后才应答', mixed: '好坏都有',
  heads: ['', '预测', '模拟'],
  rows: { lookups: '失败的查询', fills: '失败的缓存填充', bad: '坏的时段', good: '好的时段', recovery: '修复之后' },
  ofLookups: (share, failed, n) => `${share}（${n} 次中 ${failed} 次）`,
  ofFills: (failed, n, low, high) => `${n} 次中 ${failed} 次（95 % 置信区间 ${low}-${high} %）`,
  noFill: '没有填充',
  spell: (mean, n, longest) => `平均 ${mean}（${n} 段，最长 ${longest}）`,
  noSpell: '没有结束的时段',
  recovery: (worst, n) => `最多再坏 ${worst}（在坏填充之后立即修复，共 ${n} 次）`,
  noRecovery: '没有哪一个选择能单独修复', notWorkedOut: '-', approximately: ' 左右',
  worlds: '可能的世界', drawn: seed => `由种子 ${seed} 抽中`,
  world: (what, fill, failed, n) => `${what === '' ? '' : `${what}：`}缓存填充的失败概率 ${fill}，${n} 次查询中 ${failed} 次失败`,
  moreWorlds: n => `另有 ${n} 个未运行`,
  outside: n => `有 ${n} 次查询的结果是穷举认为不可能的：这是 whydns 的错误，请报告`,
}

export const simulatedWords: Readonly<Record<Lang, SimulatedWords>> = { en, zh }
