// Well known programs that look names up: how each is called for a case, and what its output says. `rc` is the exit code, `code` a word for the
// end, `error` what it prints for the user, `addrs` the addresses it found.
import type { StubCase } from './stub-live.ts'

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | null
  readonly wallMs: number
}

export interface Read {
  readonly rc: number | null
  readonly code: string
  readonly error: string
  readonly ms: number
  readonly addrs: readonly string[]
}

export interface Application {
  /** Undefined: not on this machine. */
  readonly version: (run: (command: string, args: readonly string[]) => string) => string | undefined
  readonly command: (one: StubCase) => readonly string[]
  readonly read: (ended: Ended) => Read
}

const lines = (text: string): string[] => text.split('\n').map(line => line.trimEnd()).filter(line => line !== '')
const result = (ended: Ended, code: string, error: string, addrs: readonly string[]): Read => ({ rc: ended.exit, code, error, ms: ended.wallMs, addrs: [...new Set(addrs)] })
const found = (pattern: RegExp, text: string): string | undefined => pattern.exec(text)?.[1]
const familyFlag = (one: StubCase): string[] => (one.family === 'inet' ? ['-4'] : one.family === 'inet6' ? ['-6'] : [])
const wantedType = (one: StubCase): string => (one.family === 'inet6' ? 'AAAA' : 'A')

/** The words of a failure that nslookup, host and dig print. */
const trouble = (text: string): string =>
  lines(text).filter(line => /can't find|not found|timed out|no servers|Got [\w ]+ from|has no|communications error|parse|No answer|failed|is not a legal/.test(line)).map(line => line.replace(/^\*+ /, '').replace(/^\S*\/(?=\w+: (?:parse of|'))/, '')).join('\n')

export const APPLICATIONS: Readonly<Record<string, Application>> = {
  'getent': {
    version: run => found(/(\d+\.\d+)\s*$/m, lines(run('getent', ['--version']))[0] ?? ''),
    command: one => ['getent', one.family === 'inet' ? 'ahostsv4' : one.family === 'inet6' ? 'ahostsv6' : 'ahosts', one.name],
    read: ended => result(ended, ended.exit === 0 ? 'OK' : 'exit 2', '', lines(ended.stdout).map(line => line.split(/\s+/)[0] as string)),
  },
  'getent-hosts': {
    version: run => found(/(\d+\.\d+)\s*$/m, lines(run('getent', ['--version']))[0] ?? ''),
    command: one => ['getent', 'hosts', one.name],
    read: ended => result(ended, ended.exit === 0 ? 'OK' : 'exit 2', '', lines(ended.stdout).map(line => line.split(/\s+/)[0] as string)),
  },
  'curl': {
    version: run => found(/^curl (\S+)/, run('curl', ['--version'])),
    command: one => ['curl', '-sv', '--noproxy', '*', ...familyFlag(one), `http://${one.name}:1/`],
    read: ended => {
      const error = found(/^curl: (.*)$/m, ended.stderr) ?? lines(ended.stderr).filter(line => /^\* Could not resolve/.test(line)).map(line => `(6) ${line.slice(2)}`)[0] ?? ''
      const addrs = lines(ended.stderr).flatMap(line => found(/^\*\s+Trying \[?([0-9a-f.:]+?)\]?:1\.\.\.$/, line) ?? [])
      return result(ended, ended.exit === 6 ? 'exit 6' : 'OK', ended.exit === 6 ? error : '', addrs)
    },
  },
  'dig': {
    version: run => found(/DiG (\d+\.\d+\.\d+)/, run('dig', ['-v'])),
    command: one => ['dig', wantedType(one), one.name],
    read: ended => result(
      ended, found(/status: (\w+)/, ended.stdout) ?? 'no reply', trouble(ended.stdout + ended.stderr),
      lines(ended.stdout).flatMap(line => (line.startsWith(';') ? [] : found(/\sIN\s+(?:A|AAAA)\s+(\S+)$/, line) ?? [])),
    ),
  },
  'dig-search': {
    version: run => found(/DiG (\d+\.\d+\.\d+)/, run('dig', ['-v'])),
    command: one => ['dig', '+search', wantedType(one), one.name],
    read: ended => (APPLICATIONS['dig'] as Application).read(ended),
  },
  'host': {
    version: run => found(/^host (\d+\.\d+\.\d+)/m, run('host', ['-V'])),
    command: one => ['host', ...(one.family === undefined || one.family === 'unspec' ? [] : ['-t', wantedType(one)]), one.name],
    read: ended => result(ended, ended.exit === 0 ? 'OK' : 'exit 1', trouble(ended.stdout + ended.stderr), lines(ended.stdout).flatMap(line => found(/has (?:IPv6 )?address (\S+)$/, line) ?? [])),
  },
  'nslookup': {
    version: run => found(/^nslookup (\d+\.\d+\.\d+)/m, run('nslookup', ['-version'])),
    command: one => ['nslookup', ...(one.family === undefined || one.family === 'unspec' ? [] : [`-type=${wantedType(one)}`]), one.name],
    read: ended => result(
      ended, ended.exit === 0 ? 'OK' : `exit ${ended.exit}`, trouble(ended.stdout + ended.stderr),
      ended.stdout.split('\n\n').slice(1).join('\n').split('\n').flatMap(line => found(/^(?:Address:|.*has AAAA address) (\S+)$/, line) ?? []),
    ),
  },
  'busybox': {
    version: run => found(/BusyBox v(\d+\.\d+\.\d+)/, run('busybox', [])),
    command: one => ['busybox', 'nslookup', ...(one.family === undefined || one.family === 'unspec' ? [] : [`-type=${wantedType(one)}`]), one.name],
    read: ended => result(
      ended, ended.exit === 0 ? 'OK' : `exit ${ended.exit}`, trouble(ended.stdout + ended.stderr),
      ended.stdout.split('\n\n').slice(1).join('\n').split('\n').flatMap(line => found(/^Address: (\S+)$/, line) ?? []),
    ),
  },
}
