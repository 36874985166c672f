// What `--help` and wrong usage say, in both languages. Flags, commands and values are not translated.
import type { Said } from '../findings/diagnosis.ts'

const say = (en: string, zh: string): Said => ({ en, zh })

export const HELP = {
  program: say('Finds out why a DNS name resolves only sometimes, slowly, or not at all in Kubernetes and edge clusters.', '查明 Kubernetes 与边缘集群中域名解析时好时坏、缓慢或失败的原因。'),
  why: say('why NAME resolves as it does: every way it can end, what decides, how to cure it', '解释 NAME 的解析：所有可能的结果、决定因素、如何修复'),
  simulate: say('NAME in virtual time: the line of good and bad spells, predicted shares and spell lengths', '在虚拟时间中模拟 NAME：好坏时段、预测的失败比例与时段长度'),
  serve: say('the chain as a DNS server: answers dig as the CoreDNS of that node or pod would', '把解析链作为 DNS 服务器运行：像该节点或 Pod 的 CoreDNS 一样应答 dig'),
  explain: say('the page of a finding; without ID, the list of them', '某个发现的说明；不给 ID 则列出全部'),
  read: say('captures, logs and pasted output without a cluster: what each server answers, lookups, findings', '无需集群，读取抓包、日志和粘贴的输出：各服务器的答案、解析、发现'),
  evidenceFiles: say('captures (pcap, pcapng), logs, probes, pasted output; `-` for standard input', '抓包（pcap、pcapng）、日志、探测结果、粘贴的输出；`-` 表示标准输入'),
  namePattern: say('only these names, with or without a search suffix: a.example.com, *.corp.example', '只看这些域名（可带搜索后缀）：a.example.com、*.corp.example'),
  show: say('one transaction that a report names, with its bytes and their fields', '显示报告中提到的一个事务：字节及其字段'),
  shownWhat: say('tx N, for example: tx 88', 'tx N，例如：tx 88'),
  names: say('a name, URL, host:port or pasted error line; then loose evidence files, `-` for standard input', '域名、URL、host:port 或粘贴的报错行；其后可跟证据文件，`-` 表示标准输入'),
  id: say('for example mixed-upstreams', '例如 mixed-upstreams'),
  from: say('who asks: NS/POD, NS/deploy/X (sts, ds, yurtappset) or node/N', '谁在查询：NS/POD、NS/deploy/X（sts、ds、yurtappset）或 node/N'),
  namespace: say('namespace of --pod, or of --from without one', '--pod 的命名空间，或 --from 省略时的命名空间'),
  pod: say('the pod that asks', '发起查询的 Pod'),
  type: say('record types, such as A,AAAA (default: as the application asks)', '记录类型，如 A,AAAA（默认与应用相同）'),
  bundle: say('evidence: a folder, .tar.gz or .tgz', '证据包：目录、.tar.gz 或 .tgz'),
  stub: say('take this resolver for granted: musl@1.2.2, java@17+glibc@2.36, dig …', '指定解析器，如 musl@1.2.2、java@17+glibc@2.36、dig'),
  output: say('text, wide or json', 'text、wide 或 json'),
  oneline: say('one line a finding: file:line:column: level id message', '每个发现一行：file:line:column: level id message'),
  lang: say('en or zh (default: from LANG)', 'en 或 zh（默认取自 LANG）'),
  color: say('auto, always or never', 'auto、always 或 never'),
  failOn: say('exit 1 from this level on: error, warning, info or never', '达到此级别时退出码为 1：error、warning、info 或 never'),
  for: say('how long, in virtual time', '模拟多长的虚拟时间'),
  every: say('a lookup at fixed intervals, such as 4s (default: as often as the log shows)', '固定间隔查询，如 4s（默认：按日志所示的频率）'),
  rate: say('lookups at random, so many on average: 0.25/s, 15/min', '随机查询的平均频率：0.25/s、15/min'),
  seed: say('the same seed gives the same run', '相同的种子得到相同的结果'),
  node: say('answer as the DNS Service does at this node', '像 DNS Service 在此节点上那样应答'),
  corefile: say('a Corefile alone, instead of a bundle', '只用一个 Corefile，不用证据包'),
  resolvConf: say('what that CoreDNS has as /etc/resolv.conf', '该 CoreDNS 的 /etc/resolv.conf'),
  coredns: say('its version, such as 1.11.3', '其版本，如 1.11.3'),
  port: say('UDP and TCP port; 0 = any that is free', 'UDP 与 TCP 端口；0 表示任意空闲端口'),
  address: say('the address to listen on', '监听地址'),
  realUpstreams: say('ask the real servers that CoreDNS forwards to, not what the evidence knows of them', '查询 CoreDNS 所转发到的真实服务器，而不是证据中对它们的了解'),
  verbose: say('a log line for each query, as CoreDNS prints it, on stderr', '每个查询在 stderr 上输出一行 CoreDNS 格式的日志'),
  quiet: say('nothing on stderr but errors', 'stderr 上只输出错误'),
  help: say('this help', '显示帮助'),
  version: say('the version', '显示版本'),
  examples: say('Examples:', '示例：'),
  exits: say('Exit codes: 0 nothing found, 1 findings, 2 wrong usage, 3 inconclusive, 4 could not look, 5 bundle damaged.', '退出码：0 未发现问题，1 有发现，2 用法错误，3 无法判断，4 无法查看，5 证据包损坏。'),
} as const

/** commander's own headings. */
export const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：', 'Arguments:': '参数：', 'Options:': '选项：', 'Commands:': '命令：',
}

/** What commander calls the error → the sentence; `quoted` is what it put in quotation marks. */
export const USAGE_ERRORS: Readonly<Record<string, (quoted: string) => Said>> = {
  'commander.unknownOption': what => say(`unknown option ${what}`, `未知选项 ${what}`),
  'commander.unknownCommand': what => say(`unknown command ${what}`, `未知命令 ${what}`),
  'commander.optionMissingArgument': what => say(`option ${what} needs a value`, `选项 ${what} 缺少值`),
  'commander.excessArguments': () => say('too many arguments', '参数过多'),
  'commander.missingArgument': what => say(`missing argument ${what}`, `缺少参数 ${what}`),
}
