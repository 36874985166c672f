// `whydns explain ID`: the page of a finding; without an id, all of them.
import type { Lang } from '../findings/diagnosis.ts'
import { findings } from '../findings/index.ts'
import { renderPage, renderPageList } from '../report/explain-page.ts'
import { nearest } from './did-you-mean.ts'
import { OperatingError, type ExitCode } from './operating-error.ts'
import { wantsColor, type ColorChoice, type Rim } from './rim.ts'

export function explain(id: string | undefined, options: { readonly lang: Lang; readonly color: ColorChoice }, rim: Rim): ExitCode {
  const page = { lang: options.lang, columns: rim.outTerminal.isTty ? rim.outTerminal.columns : Infinity, color: wantsColor(options.color, rim) }
  if (id === undefined) {
    rim.out(renderPageList(findings, page))
    return 0
  }
  const finding = findings.find(each => each.id === id.toLowerCase())
  if (finding === undefined) throw unknownId(id)
  rim.out(renderPage(finding, page))
  return 0
}

function unknownId(id: string): OperatingError {
  const near = nearest(id.toLowerCase(), findings.map(finding => finding.id))
  return new OperatingError(2, { en: `there is no finding \`${id}\``, zh: `没有名为 \`${id}\` 的发现` }, [
    near.length > 0 ? { en: `did you mean ${near.join(', ')}?`, zh: `您是不是要找 ${near.join('、')}？` } : { en: '`whydns explain` lists them all', zh: '`whydns explain` 列出全部' },
  ])
}
