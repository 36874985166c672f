// Takes servers out of a forward list: out of the Corefile's own words, out of netplan, or out of a resolv.conf that a person keeps.
import type { Edit } from '../chain/source.ts'
import { isGenerated } from '../config/generated-file.ts'
import type { Case } from './case.ts'
import type { ProposedFix } from './finding.ts'
import type { ForwardLine } from './forward-targets.ts'
import { linesToEdit } from './lines-to-edit.ts'
import { nodesToMend, serversOffTheNode, serversOutOfTheLine } from './upstream-cures.ts'
import type { UpstreamOption } from './upstream-choice.ts'

export function serversOut(c: Case, line: ForwardLine, gone: readonly UpstreamOption[]): ProposedFix[] {
  const addresses = gone.map(o => o.address)
  const nodes = nodesToMend(c, line.server.node, addresses)
  return [
    serversOutOfTheLine(c, { ...line, knows: [], denies: gone, untold: [] }),
    serversOffTheNode(c, nodes, addresses),
    outOfResolvConf(c, line, gone),
  ].filter(f => f !== undefined)
}

function outOfResolvConf(c: Case, line: ForwardLine, gone: readonly UpstreamOption[]): ProposedFix | undefined {
  const lines = new Map(gone.flatMap(o => linesToEdit(o.source)).map(source => [`${source.file} ${source.start}`, source]))
  const edits: Edit[] = []
  for (const { file, start, end } of lines.values()) {
    const text = c.textOf(file)
    if (text === undefined || !file.startsWith('nodes/') || !file.endsWith('resolv.conf') || isGenerated(text)) continue
    const newline = text.indexOf('\n', end)
    edits.push({ file, start: text.lastIndexOf('\n', start - 1) + 1, end: newline < 0 ? text.length : newline + 1, text: '' })
  }
  if (edits.length === 0) return undefined
  const words = gone.map(o => o.address).join(', ')
  const { node, pod } = line.server
  return {
    title: { en: `take ${words} out of the resolv.conf of ${node}`, zh: `从节点 ${node} 的 resolv.conf 中去掉 ${words}` },
    applicability: 'likely',
    edits,
    steps: [{ en: `then make ${pod} anew: a pod keeps the resolv.conf it was created with`, zh: `然后重建 ${pod}：Pod 会一直使用创建时得到的 resolv.conf` }],
    caution: { en: 'all other names then depend on the remaining servers resolving them', zh: '此后其他域名也都依赖剩余的服务器来解析' },
  }
}
