// outside-model: something was seen that the model of this cluster does not allow. Either the cluster is not what its files say, or whydns is wrong: both are worth
// knowing, and no other finding can be trusted beyond this point.
import type { Source } from '../chain/source.ts'
import { nameKey } from '../dns/name.ts'
import type { Case, OutsideModel } from './case.ts'
import type { Said } from './diagnosis.ts'
import type { Finding, Hit, LabelledSource } from './finding.ts'
import { blockFor, forwardLinesFor } from './forward-targets.ts'
import { negativeCache } from './negative-cache.ts'

/** What the model allows is told up to this many ways. */
const WORDS = 4

export const outsideModel: Finding = {
  id: 'outside-model',
  needs: ['question', 'observations'],
  page: {
    title: { en: 'something was seen that the model of this cluster does not allow', zh: '观察到了本集群模型认为不可能发生的事' },
    shows: {
      en: 'A packet or a log line shows a reply of CoreDNS, or a question of CoreDNS to a server, that none of its configured ways leads to, whatever its caches held.',
      zh: '某个数据包或日志行显示：CoreDNS 给出的应答，或 CoreDNS 向某服务器发出的查询，是其配置的任何路径、任何缓存状态都不会产生的。',
    },
    proved: {
      en: 'The transaction is not among the explored outcomes although the exploration was complete. The packet and the log line of the same question agree.',
      zh: '在推演完整的情况下，该事务不在所有可能的结果之中；同一查询的数据包与日志行相互一致。',
    },
    refuted: {
      en: 'The evidence is of two times: the Corefile, the resolv.conf or the objects were changed between the capture and the collection. Collect them anew at the same time.',
      zh: '证据来自两个时刻：抓包与收集之间，Corefile、resolv.conf 或集群对象发生过变更。请在同一时刻重新收集。',
    },
    wrong: '# Corefile in the bundle        # in the capture\nforward . 10.0.0.2              # 10.244.0.3 > 114.114.114.114: A? a.corp.example.',
    right: '# Corefile in the bundle        # in the capture\nforward . 10.0.0.2              # 10.244.0.3 > 10.0.0.2: A? a.corp.example.',
    seeAlso: ['mixed-upstreams', 'fix-that-does-not-fix'],
  },
  find: c => {
    // A denial from before the record existed is of another time, not of another cluster, and has its own finding.
    const aged = negativeCache.find(c).length > 0
    return (c.outside ?? []).filter(o => !(aged && o.seen === 'nxdomain')).map(o => hitOf(c, o))
  },
}

function hitOf(c: Case, o: OutsideModel): Hit {
  const asked = o.seen.startsWith('asked ') ? o.seen.slice('asked '.length) : undefined
  const times: Said = o.count === 1 ? { en: 'once', zh: '1 次' } : { en: `${o.count} times`, zh: `${o.count} 次` }
  const possible = o.possible.slice(0, WORDS).map(word => word.replace(/^asked /, ''))
  const allowed = possible.length === 0 ? { en: 'nothing', zh: '无' } : { en: possible.join(', or '), zh: possible.join('，或 ') }
  return {
    level: 'warning',
    certainty: o.twoWays ? 'confirmed' : 'likely',
    message: asked !== undefined ? {
      en: `${o.pod} asked ${asked} for \`${o.name}\` ${times.en}: no line of its Corefile leads there`,
      zh: `${o.pod} 向 ${asked} 查询了 \`${o.name}\`（${times.zh}）：其 Corefile 中没有任何一行指向该服务器`,
    } : {
      en: `${o.pod} answered ${o.type} \`${o.name}\` with ${o.seen} ${times.en}: the model of this cluster does not allow that`,
      zh: `${o.pod} 对 ${o.type} \`${o.name}\` 的应答为 ${o.seen}（${times.zh}）：本集群的模型不允许这种结果`,
    },
    fingerprint: `outside-model:${o.pod.replace(/-[a-z0-9]+$/, '')}:${nameKey(o.name)}:${o.type}:${o.seen}`,
    sources: sourcesOf(c, o, allowed),
    evidence: o.evidence,
    notes: [
      { kind: 'seen', said: { en: `${o.seen}, ${times.en}`, zh: `${o.seen}，${times.zh}` } },
      { kind: 'note', said: { en: `the model allows: ${allowed.en}`, zh: `模型允许：${allowed.zh}` } },
      {
        kind: 'why', said: {
          en: 'the files of the bundle are older or newer than what was seen, somebody else answers at this address, or the model is wrong here: what else is said about this name holds only as far as the model does',
          zh: '证据包中的文件与观察不是同一时刻的，或该地址上有别的程序应答，或模型在此处有误：关于该域名的其他结论只在模型成立的范围内有效',
        },
      },
    ],
    fixes: [],
  }
}

function sourcesOf(c: Case, o: OutsideModel, allowed: Said): LabelledSource[] {
  const server = c.servers.find(s => s.pod === o.pod)
  const name = nameKey(o.name)
  const line: Source | undefined = server && (forwardLinesFor(server, name)[0]?.forward.source ?? blockFor(server, name)?.keys[0]?.source)
  return [
    { source: o.source, primary: true, label: { en: `seen: ${o.seen}`, zh: `观察到：${o.seen}` } },
    ...(line ? [{ source: line, label: { en: `leads to: ${allowed.en}`, zh: `应得到：${allowed.zh}` } }] : []),
  ]
}
