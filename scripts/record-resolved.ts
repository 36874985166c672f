// Records what the real systemd-resolved does: node scripts/record-resolved.ts --packages DIR [--only WORD] [--out FILE]
// DIR: Debian's systemd-resolved (before 12: systemd) and what it depends on, unpacked with `apt-get download` and `dpkg-deb -x`, never
// installed; another release than the machine's with its libc6 (the loader of DIR starts it then). It runs as root in
// network, mount and process namespaces of its own (`unshare -nmp`), with links eth0 and eth1 whose other ends lie in a second network
// namespace, where scripted servers listen. Links are told to it in /run/systemd/netif/links, as networkd would.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { decodeMessage } from '../src/dns/wire-decode.ts'
import { queryFromWire, queryToWire, replyFromWire, replyToWire } from '../src/dns/wire-chain.ts'
import { framed } from '../src/drivers/serve-frames.ts'
import { scripted, type ResolvedRule } from '../test/fidelity/resolved-script.ts'
import { CASES, type ResolvedCase, type ResolvedLink } from './record-resolved-cases.ts'

const SELF = fileURLToPath(import.meta.url)
const SERVERS = ['10.10.0.1', '10.10.0.2', '10.10.0.3', '10.10.0.4', '10.10.0.5']
const ANSWER_MS = 14_000
const HOSTS = '127.0.0.1 localhost\n'
/** systemd → the Debian that ships it. */
const DEBIAN: Readonly<Record<string, string>> = { 247: '11 (bullseye)', 252: '12 (bookworm)', 257: '13 (trixie)' }
const { values } = parseArgs({ options: {
  packages: { type: 'string', default: '' }, only: { type: 'string', default: '' }, out: { type: 'string', default: 'systemd-resolved.jsonl.gz' }, role: { type: 'string', default: 'outside' }, shared: { type: 'string', default: '' },
} })
const run = (command: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  return stdout
}

function outside(): void {
  const shared = run('mktemp', '-d').trim()
  const child = spawnSync('unshare', ['-nmp', '--fork', '--mount-proc', process.execPath, SELF, '--role', 'inside', '--packages', values.packages, '--only', values.only, '--shared', shared], { stdio: 'inherit' })
  if (child.status === 0) writeFileSync(values.out, gzipSync(readFileSync(`${shared}/rows`), { level: 9 }))
  rmSync(shared, { recursive: true })
  process.exitCode = child.status ?? 1
}

/** In the second network namespace: one UDP and one TCP socket for each address; rules are read anew for each question. */
async function serve(): Promise<void> {
  for (let tries = 0; tries < 100 && !SERVERS.every(server => run('ip', 'addr').includes(`${server}/`)); tries++) await sleep(100)
  const count = new Map<string, number>()
  const answer = (bytes: Uint8Array, server: string, transport: 'udp' | 'tcp', send: (bytes: Uint8Array) => void): void => {
    const { message } = decodeMessage(bytes)
    const query = queryFromWire(message, { transport })
    if (!query) return
    const { rules, id } = JSON.parse(readFileSync(`${values.shared}/script`, 'utf8')) as { readonly rules: readonly ResolvedRule[]; readonly id: string }
    const nth = (count.get(`${id} ${server}`) ?? 0) + 1
    count.set(`${id} ${server}`, nth)
    appendFileSync(`${values.shared}/asked`, `${JSON.stringify({ atMs: Date.now(), server, name: query.name, type: query.type, ...(query.edns && { edns: query.edns.sizeBytes }), ...(transport === 'tcp' && { tcp: true }) })}\n`)
    const { reply, delayMs } = scripted(rules, server, query, nth)
    if (!reply) return
    const wire = replyToWire(reply, query, message.id)
    if (!wire.fault) setTimeout(() => send(wire.value), delayMs)
  }
  for (const server of SERVERS) {
    const socket = createSocket('udp4', (bytes, from) => answer(bytes, server, 'udp', out => socket.send(out, from.port, from.address)))
    socket.bind(53, server)
    createServer(stream => stream.on('data', data => answer(new Uint8Array(data).subarray(2), server, 'tcp', out => void stream.write(framed(out))))).listen(53, server)
  }
}

async function inside(): Promise<void> {
  run('mount', '--make-rprivate', '/')
  for (const folder of ['/run', '/etc/systemd', '/var/lib/systemd'].filter(one => existsSync(one))) run('mount', '-t', 'tmpfs', 'none', folder)
  bound('/etc/passwd', `${readFileSync('/etc/passwd', 'utf8')}systemd-resolve:x:994:994::/:/usr/sbin/nologin\n`)
  bound('/etc/group', `${readFileSync('/etc/group', 'utf8')}systemd-resolve:x:994:\n`)
  bound('/etc/hosts', HOSTS)
  run('ip', 'link', 'set', 'lo', 'up')
  writeFileSync(`${values.shared}/script`, JSON.stringify({ id: '', rules: [] }))
  // It waits for its addresses in a network namespace of its own.
  const servers = spawn('unshare', ['-n', process.execPath, SELF, '--role', 'servers', '--shared', values.shared], { stdio: 'inherit' })
  const there = (...args: readonly string[]): string => run('nsenter', '-t', String(servers.pid), '-n', 'ip', ...args)
  await sleep(500)
  for (const [at, link] of ['eth0', 'eth1'].entries()) {
    run('ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', `p${at}`, 'netns', String(servers.pid))
    run('ip', 'addr', 'add', `10.20.${at}.1/24`, 'dev', link)
    run('ip', 'link', 'set', link, 'up')
    there('addr', 'add', `10.20.${at}.254/24`, 'dev', `p${at}`)
    there('link', 'set', `p${at}`, 'up')
    // Both links lead to all servers.
    run('ip', 'route', 'add', '10.10.0.0/24', 'via', `10.20.${at}.254`, 'dev', link, 'metric', String(100 + at))
  }
  there('link', 'set', 'lo', 'up')
  for (const server of SERVERS) there('addr', 'add', `${server}/32`, 'dev', 'lo')
  await sleep(1500)
  try {
    for (const one of CASES.filter(({ group, case: title }) => `${group} ${title}`.includes(values.only))) {
      const row = await record(one)
      appendFileSync(`${values.shared}/rows`, `${JSON.stringify(row)}\n`)
      process.stdout.write(`${one.group}: ${one.case}\n`)
    }
  } finally {
    servers.kill()
  }
}

function bound(path: string, text: string): void {
  const own = `/run/${path.replaceAll('/', '-')}`
  writeFileSync(own, text)
  run('mount', '--bind', own, path)
}

const indexOf = (link: string): number => Number(/^(\d+):/.exec(run('ip', '-o', 'link', 'show', link))?.[1])

function stateOf({ dns = [], domains = [], routeDomains = [], defaultRoute, operState = 'routable' }: ResolvedLink): string {
  return ['ADMIN_STATE=configured', `OPER_STATE=${operState}`, `DNS=${dns.join(' ')}`, ...(domains.length > 0 ? [`DOMAINS=${domains.join(' ')}`] : []),
    ...(routeDomains.length > 0 ? [`ROUTE_DOMAINS=${routeDomains.join(' ')}`] : []), ...(defaultRoute ? [`DNS_DEFAULT_ROUTE=${defaultRoute}`] : []), 'LLMNR=no', 'MDNS=no', ''].join('\n')
}

async function record(one: ResolvedCase): Promise<object> {
  const version = versionOf()
  const debian = DEBIAN[version] ?? '12 (bookworm)'
  const filesIn: Record<string, string> = {
    '/etc/systemd/resolved.conf': ['[Resolve]', 'LLMNR=no', 'MulticastDNS=no', ...one.conf, ''].join('\n'),
    '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux ${debian}"\nID=debian\nVERSION_ID="${debian.split(' ')[0]}"\n`, '/etc/hosts': one.hosts ?? HOSTS,
    '/ip-addr.txt': run('ip', 'addr'), ...(one.etc !== undefined && { '/etc/resolv.conf': one.etc }),
  }
  for (const link of one.links) filesIn[`/run/systemd/netif/links/${indexOf(link.name)}`] = stateOf(link)
  const filesOut: Record<string, string> = {}
  const uplinks: string[] = []
  const observed: object[] = []
  rmSync(`${values.shared}/asked`, { force: true })
  for (let start = 0; start < (one.starts ?? 1); start++) {
    const daemon = await started(filesIn, one)
    uplinks.push(nameservers(readFileSync('/run/systemd/resolve/resolv.conf', 'utf8')))
    for (const name of ['resolv.conf', 'stub-resolv.conf']) filesOut[`/run/systemd/resolve/${name}`] = readFileSync(`/run/systemd/resolve/${name}`, 'utf8')
    for (const step of one.steps ?? []) observed.push(step.sleepMs === undefined ? await asked(step.name ?? '', step.type ?? 'A', step.rd !== false) : (await sleep(step.sleepMs), { slept: step.sleepMs }))
    daemon.kill('SIGKILL')
    await sleep(100)
  }
  return { program: 'systemd-resolved', version, ...one, filesIn, filesOut, orders: [...new Set(uplinks)].sort(), observed }
}

const nameservers = (text: string): string => text.split('\n').filter(line => line.startsWith('nameserver')).map(line => line.split(' ')[1]).join(' ')

async function started(filesIn: Readonly<Record<string, string>>, one: ResolvedCase): Promise<ChildProcess> {
  rmSync('/run/systemd', { recursive: true, force: true })
  mkdirSync('/run/systemd/netif/links', { recursive: true })
  mkdirSync('/run/systemd/resolve/netif', { recursive: true })
  run('chown', '-R', '994:994', '/run/systemd/resolve')
  chmodSync('/run/systemd/resolve', 0o755)
  for (const [path, text] of Object.entries(filesIn)) if (path.startsWith('/run/') || path.startsWith('/etc/systemd/')) writeFileSync(path, text)
  spawnSync('umount', ['/etc/resolv.conf'])
  bound('/etc/resolv.conf', one.etc ?? '# none\n')
  spawnSync('umount', ['/etc/hosts'])
  bound('/etc/hosts', one.hosts ?? HOSTS)
  writeFileSync(`${values.shared}/script.new`, JSON.stringify({ id: `${one.group} ${one.case} ${Date.now()}`, rules: one.rules ?? [] }))
  renameSync(`${values.shared}/script.new`, `${values.shared}/script`)
  const [program, args, env] = daemonCommand()
  const daemon = spawn(program, args, { stdio: 'ignore', env })
  for (let tries = 0; tries < 100 && !existsSync('/run/systemd/resolve/stub-resolv.conf'); tries++) await sleep(50)
  await sleep(400)
  return daemon
}

function daemonCommand(): readonly [string, readonly string[], NodeJS.ProcessEnv] {
  const folder = values.packages
  const libraries = ['usr/lib/x86_64-linux-gnu/systemd', 'lib/systemd', 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'].map(part => `${folder}/${part}`).join(':')
  const [binary, loader] = [`${folder}/lib/systemd/systemd-resolved`, `${folder}/lib64/ld-linux-x86-64.so.2`]
  return existsSync(loader) ? [loader, ['--library-path', libraries, binary], {}] : [binary, [], { LD_LIBRARY_PATH: libraries }]
}

function versionOf(): string {
  const [program, args, env] = daemonCommand()
  return /systemd (\d+)/.exec(spawnSync(program, [...args, '--version'], { encoding: 'utf8', env }).stdout)?.[1] ?? ''
}

/** One question to the stub, and what reached the servers meanwhile. */
async function asked(name: string, type: string, rd: boolean): Promise<object> {
  rmSync(`${values.shared}/asked`, { force: true })
  const query = { name, type, transport: 'udp' as const, rd }
  const wire = queryToWire(query, 4711)
  if (wire.fault) throw new Error(`${name} ${type}`)
  const from = Date.now()
  const reply = await new Promise<Uint8Array | undefined>(done => {
    const socket = createSocket('udp4')
    const timer = setTimeout(() => { socket.close(); done(undefined) }, ANSWER_MS)
    socket.on('message', bytes => { clearTimeout(timer); socket.close(); done(new Uint8Array(bytes)) })
    socket.send(wire.value, 53, '127.0.0.53')
  })
  const elapsedMs = Date.now() - from
  await sleep(80)
  const packets = existsSync(`${values.shared}/asked`) ? readFileSync(`${values.shared}/asked`, 'utf8').trim().split('\n').map(line => JSON.parse(line) as { readonly atMs: number }) : []
  const upstreamAsked = packets.map(({ atMs, ...packet }) => ({ atMs: atMs - from, ...packet }))
  if (!reply) return { noReply: true, elapsedMs, upstreamAsked }
  const { rcode, flags, answer, authority } = replyFromWire(decodeMessage(reply).message, query)
  return { rcode, flags, answer, authority, elapsedMs, upstreamAsked }
}

if (values.role === 'outside') outside()
else if (values.role === 'servers') await serve()
else await inside()
