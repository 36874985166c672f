// The page of a finding (`whydns explain ID`), and the list of all of them.
import type { Lang } from '../findings/diagnosis.ts'
import type { Finding } from '../findings/finding.ts'
import { paint, styled, type Line } from './paint.ts'
import { padEnd, widthOf, wrap } from './width.ts'

const HEADS = {
  en: { shows: 'How it shows', proved: 'How it is proved', refuted: 'What refutes it', wrong: 'Has it', right: 'Has it not', see: 'See also' },
  zh: { shows: '表现', proved: '如何证实', refuted: '何种证据可推翻', wrong: '有此问题', right: '无此问题', see: '另见' },
} as const

export interface PageOptions {
  readonly lang: Lang
  readonly columns: number
  readonly color: boolean
}

export function renderPage(finding: Finding, options: PageOptions): string {
  const { page, id } = finding
  const heads = HEADS[options.lang]
  const columns = Math.max(60, Math.min(100, options.columns))
  const keyWidth = Math.max(...Object.values(heads).map(widthOf)) + 2
  const prose = (head: string, text: string): Line[] =>
    wrap(text, columns - keyWidth).map((line, index) => [styled('bold', padEnd(index === 0 ? head : '', keyWidth)), line])
  const example = (head: string, text: string): Line[] => text === '' ? [] : [[styled('bold', head)], ...text.replace(/\n$/, '').split('\n').map((line): Line => [`    ${line.replaceAll('\t', '    ')}`]), []]
  return paint([
    ...wrap(`${id}  ${page.title[options.lang]}`, columns).map((line): Line => [styled('bold', line)]), [],
    ...prose(heads.shows, page.shows[options.lang]),
    ...prose(heads.proved, page.proved[options.lang]),
    ...prose(heads.refuted, page.refuted[options.lang]), [],
    ...example(heads.wrong, page.wrong),
    ...example(heads.right, page.right),
    ...(page.seeAlso.length > 0 ? prose(heads.see, page.seeAlso.join(', ')) : []),
  ], options.color)
}

export function renderPageList(findings: readonly Finding[], options: PageOptions): string {
  const columns = Math.max(60, Math.min(100, options.columns))
  const head = Math.max(0, ...findings.map(finding => finding.id.length)) + 2
  return paint(findings.flatMap(finding => wrap(finding.page.title[options.lang], columns - head)
    .map((line, index): Line => [styled('bold', padEnd(index === 0 ? finding.id : '', head)), line])), options.color)
}
