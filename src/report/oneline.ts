// One line a finding, `file:line:column: level id message [certainty]`: what editors and CI logs parse. The path is the
// bundle's own.
import type { Diagnosis, Lang } from '../findings/diagnosis.ts'
import { printable } from './printable.ts'

export function renderOneline(diagnosis: Diagnosis, lang: Lang): string {
  const { spec, status } = diagnosis
  const lines = status.findings.map(finding => {
    const at = finding.sources.find(source => source.primary) ?? finding.sources[0]
    const place = at === undefined ? diagnosis.metadata.bundle : `${at.file}:${at.line}:${at.column}`
    return `${place}: ${finding.level} ${finding.id} ${lang === 'zh' ? finding.message_zh : finding.message} [${finding.certainty}]`
  })
  const asker = spec.from.name === '' ? '' : ` ${[spec.from.namespace, spec.from.name].filter(Boolean).join('/')}`
  return [...lines, `${spec.name}${asker}: ${status.verdict} ${status.summary[lang].replace(`${status.verdict}: `, '')}`].map(line => `${printable(line)}\n`).join('')
}
