import { expect, test } from 'vitest'
import { generateNetwork, type GeneratedLink } from '../../src/config/netplan-generate.ts'
import type { NetplanVersion } from '../../src/config/netplan-keys.ts'
import { rows } from './rows.ts'

interface Row {
  readonly version: string
  readonly case: string
  readonly filesIn: Readonly<Record<string, string>>
  readonly exit: number
  readonly stderr: string
  readonly filesOut: Readonly<Record<string, string>>
}

/** The lines about name servers of one generated file, in order. */
function relevant(path: string, text: string): string[] {
  const networkd = path.endsWith('.network')
  let section = ''
  return text.split('\n').flatMap(line => {
    if (line.startsWith('[')) section = line
    const wanted = networkd ? /^(DNS|Domains|UseDNS|UseDomains)=/ : /^(dns|dns-search|ignore-auto-dns)=/
    return wanted.test(line) ? [`${section} ${line}`] : []
  })
}

function modelled(link: GeneratedLink): string[] {
  const { servers, domains, dhcp, ra } = link
  if (link.renderer === 'networkd') {
    return [
      ...servers.map(s => `[Network] DNS=${s.value}`),
        ...(domains.length > 0 ? [`[Network] Domains=${domains.map(d => d.value).join(' ')}`] : []),
      ...(dhcp.useDns ? [`[DHCP] UseDNS=${dhcp.useDns.value}`] : []),
        ...(dhcp.useDomains ? [`[DHCP] UseDomains=${dhcp.useDomains.value}`] : []),
      ...(ra.useDns ? [`[IPv6AcceptRA] UseDNS=${ra.useDns.value}`] : []),
        ...(ra.useDomains ? [`[IPv6AcceptRA] UseDomains=${ra.useDomains.value}`] : []),
    ]
  }
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const own = servers.filter(s => s.value.includes(':') === (family === 'ipv6'))
    const search = domains.length > 0 && link.domainSections.includes(family)
    return [...(own.length > 0 ? [`[${family}] dns=${own.map(s => `${s.value};`).join('')}`] : []),
      ...(search ? [`[${family}] dns-search=${domains.map(d => `${d.value};`).join('')}`] : []),
      ...(family === 'ipv4' && dhcp.useDns ? ['[ipv4] ignore-auto-dns=true'] : [])]
  })
}

const isNetwork = (path: string): boolean => /^run\/systemd\/network\/10-netplan-.*\.network$|\.nmconnection$/.test(path)

function observed(row: Row): object {
  // Of the several lines of stderr only an error ends the run.
  const place = row.exit === 1 ? /ROOT\/(\S+?):(?:(\d+):(\d+):)? (?:Error|Invalid)/.exec(row.stderr) : null
  return {
    exit: row.exit, place: place ? `${place[1]}:${place[2] ?? ''}:${place[3] ?? ''}` : '',
    files: Object.fromEntries(Object.entries(row.filesOut).filter(([path]) => isNetwork(path)).map(([path, text]) =>
      [path, relevant(path, text)])),
  }
}

function predicted(row: Row): object {
  const files = new Map(Object.entries(row.filesIn).map(([path, text]) => [`/${path}`, { file: path, text }]))
  const { links, failure } = generateNetwork(files, row.version.split('.').map(Number) as unknown as NetplanVersion)
  // The abort's place is printed otherwise, and errors of the writing part name no place.
  const placed = failure && failure.exit === 1 && !failure.message.startsWith('ERROR: ')
  return {
    exit: failure?.exit ?? 0, place: placed ? `${failure.file}:${failure.line ?? ''}:${failure.column ?? ''}` : '',
    files: Object.fromEntries(links.map(link => [link.path.slice(1), modelled(link)])),
  }
}

test('every recorded run of netplan generate: which server comes to which link, or where the error is', () => {
  const all = rows<Row>('netplan')
  for (const row of all) expect(predicted(row), `${row.version} ${row.case}`).toEqual(observed(row))
  expect(all.length).toBe(164)
})

test('the wording of an error is that of netplan', () => {
  const failing = rows<Row>('netplan').filter(row => row.exit === 1 && row.stderr.includes('Error in network definition'))
  for (const row of failing) {
    const files = new Map(Object.entries(row.filesIn).map(([path, text]) => [`/${path}`, { file: path, text }]))
    const { failure } = generateNetwork(files, row.version.split('.').map(Number) as unknown as NetplanVersion)
    expect(row.stderr, row.case).toContain(failure?.message ?? 'no failure')
  }
  expect(failing.length).toBeGreaterThan(40)
})
