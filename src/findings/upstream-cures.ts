// The two cures of upstreams that do not know the same names: give the zone its own servers, or take the ignorant servers off the node.
import type { Edit, Source } from '../chain/source.ts'
import { addServerBlock, replaceArguments } from '../fixes/corefile-edit.ts'
import { removeListEntries } from '../fixes/yaml-list.ts'
import type { Case } from './case.ts'
import type { ProposedFix } from './finding.ts'
import { isPrivateAddress, type UpstreamChoice } from './upstream-choice.ts'
import type { ZoneCut } from './zone-of.ts'

export function ownServersForZone(c: Case, choice: UpstreamChoice, cut: ZoneCut): ProposedFix | undefined {
  const corefile = c.cluster.corefiles.get(choice.server.pod)
  const block = corefile?.blocks[choice.blockIndex]
  const forward = block?.directives[choice.directiveIndex]
  if (!corefile || !block || !forward || choice.knows.length === 0) return undefined
  const zone = cut.zone.replace(/\.$/, '')
  const servers = choice.knows.map(o => o.address)
  const knownOutside = choice.knows.some(o => !isPrivateAddress(o.address))
  return {
    title: { en: `give \`${zone}\` its own servers in the Corefile`, zh: `在 Corefile 中让 \`${zone}\` 使用自己的上游服务器` },
    applicability: cut.shownBy && !knownOutside ? 'machine' : 'likely',
    edits: [addServerBlock(corefile, block, forward, zone, servers)],
    steps: [{
      en: 'kubectl apply the ConfigMap; the reload plugin takes it up within about 2 minutes (without it: restart the CoreDNS pods), and the caches start empty',
      zh: '用 kubectl apply 更新 ConfigMap；reload 插件约 2 分钟内生效（没有 reload 则需重启 CoreDNS Pod），缓存随之清空',
    }],
    caution: knownOutside
      ? { en: 'this is a public name: mends it alone; better give the internal zone its own servers and leave only those that resolve everything in `.`', zh: '这是公网域名：此改动只修复它一个；更好的做法是让内部区域使用自己的服务器，`.` 中只保留能解析一切的服务器' }
      : cut.shownBy
      ? { en: `zone cut read from the SOA that ${cut.shownBy} sends`, zh: `区域边界取自 ${cut.shownBy} 返回的 SOA` }
      : { en: 'nobody showed an SOA: the zone is a guess from the name, check it', zh: '没有证据给出 SOA：区域由名称推断，请核对' },
  }
}

/** Takes the ignorant servers out of a list that the Corefile itself spells out. */
export function serversOutOfTheLine(c: Case, choice: UpstreamChoice): ProposedFix | undefined {
  const corefile = c.cluster.corefiles.get(choice.server.pod)
  const forward = corefile?.blocks[choice.blockIndex]?.directives[choice.directiveIndex]
  const gone = new Set(choice.denies.map(o => o.address))
  const left = forward?.args.map(a => a.value).filter(word => !gone.has(word.replace(/:53$/, ''))) ?? []
  if (!corefile || !forward || left.length === forward.args.length || left.length < 2) return undefined
  const words = [...gone].join(', ')
  return {
    title: { en: `take ${words} out of the forward line`, zh: `从 forward 行去掉 ${words}` },
    applicability: 'likely',
    edits: [replaceArguments(corefile, forward, left)],
    steps: [{ en: 'kubectl apply the ConfigMap; the reload plugin takes it up within about 2 minutes', zh: '用 kubectl apply 更新 ConfigMap；reload 插件约 2 分钟内生效' }],
    caution: { en: 'all other names then depend on the remaining servers resolving them', zh: '此后其他域名也都依赖剩余的服务器来解析' },
  }
}

/** The lines that put `addresses` on the node `node`, by file. */
function linesBehind(c: Case, node: string, addresses: readonly string[]): Map<string, Source[]> {
  const lines = new Map<string, Source[]>()
  for (const server of c.cluster.nodeDns.get(node)?.servers ?? []) {
    if (!addresses.includes(server.address)) continue
    for (const source of server.behind) {
      const known = lines.get(source.file) ?? []
      if (!known.some(s => s.start === source.start)) lines.set(source.file, [...known, source])
    }
  }
  return lines
}

/** Takes servers out of the netplan files of the node, and of the other nodes of its pool that carry the same line (CoreDNS may be placed there next). */
export function serversOffTheNode(c: Case, nodes: readonly string[], addresses: readonly string[]): ProposedFix | undefined {
  const edits: Edit[] = []
  const byHand: string[] = []
  let cloudInit = false
  for (const node of nodes) {
    for (const [file, sources] of linesBehind(c, node, addresses)) {
      const text = c.textOf(file)
      const removed = /\/netplan\/[^/]+\.yaml$/.test(file) && text !== undefined ? removeListEntries(file, text, sources.map(s => s.start)) : undefined
      if (removed) edits.push(...removed)
      else byHand.push(file)
      cloudInit ||= removed !== undefined && /cloud-init|datasource/.test(text?.slice(0, 600) ?? '')
    }
  }
  if (edits.length === 0) return undefined
  const gone = addresses.join(', ')
  const onNodes = nodes.join(', ')
  return {
    title: { en: `take ${gone} off the node${nodes.length > 1 ? 's' : ''} ${onNodes} (netplan)`, zh: `从节点 ${onNodes} 的 netplan 中去掉 ${gone}` },
    applicability: byHand.length > 0 ? 'likely' : 'machine',
    edits,
    steps: [
      { en: `on ${onNodes}: netplan apply`, zh: `在 ${onNodes} 上执行：netplan apply` },
      { en: 'then make the CoreDNS pods of these nodes anew: a pod keeps the resolv.conf it was created with', zh: '然后重建这些节点上的 CoreDNS Pod：Pod 会一直使用创建时得到的 resolv.conf' },
      ...(cloudInit ? [{
        en: 'cloud-init writes this file again at the next instance boot: also write /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg with `network: {config: disabled}`',
        zh: 'cloud-init 会在实例重新启动时重写该文件：请同时写入 /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg，内容为 `network: {config: disabled}`',
      }] : []),
      ...byHand.map(file => ({ en: `by hand: ${file}`, zh: `手工修改：${file}` })),
    ],
    caution: { en: 'public names then depend on the remaining servers resolving them', zh: '此后公网域名也依赖剩余的服务器来解析' },
  }
}

/** The server's own node first, then the nodes of its pool whose files carry one of the addresses too. */
export function nodesToMend(c: Case, node: string, addresses: readonly string[]): string[] {
  const pool = c.cluster.poolOf(node)
  const carries = (n: string): boolean => (c.cluster.nodeDns.get(n)?.servers ?? []).some(s => addresses.includes(s.address) && s.behind.length > 0)
  const others = [...c.cluster.nodeDns.keys()].filter(n => n !== node && pool !== undefined && c.cluster.poolOf(n) === pool)
  return [node, ...others].filter(carries)
}
