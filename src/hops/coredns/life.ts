// What a running CoreDNS process does when it is sent a signal, and when its Corefile changed: sigtrap.go, sigtrap_posix.go and caddy.go
// of coredns/caddy, plugin/reload, 1.9.3 to 1.15.0. A new Corefile that is refused changes nothing: the old one goes on serving.
// Not modelled: SIGUSR2 (upgrade of the binary), a second SIGINT, listeners that cannot be handed over but for the one fault of SIGUSR1.
import type { Corefile } from '../../chain/model.ts'
import { lameducks, waitsAtReload } from './health.ts'
import type { CorednsVersion } from './plugin.ts'
import { hashLine } from './reload.ts'

export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGUSR1'

/** `ends`: the process goes on serving for so long, with `ready` closed, and then exits. */
export type SignalEffect =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'reloads'; readonly lines: readonly string[] }
  | { readonly kind: 'ends'; readonly lines: readonly string[]; readonly afterMs: number; readonly exit: number }

export function onSignal(signal: Signal, corefile: Corefile): SignalEffect {
  switch (signal) {
    case 'SIGHUP': return { kind: 'ignored' }
    case 'SIGUSR1': return { kind: 'reloads', lines: ['[INFO] SIGUSR1: Reloading'] }
    case 'SIGQUIT': return { kind: 'ends', lines: ['[INFO] SIGQUIT: Quitting process immediately'], afterMs: 0, exit: 0 }
    case 'SIGINT': return ending('[INFO] SIGINT: Shutting down', corefile)
    case 'SIGTERM': return ending('[INFO] SIGTERM: Shutting down servers then terminating', corefile)
  }
}

function ending(line: string, corefile: Corefile): SignalEffect {
  const waits = lameducks(corefile)
  return { kind: 'ends', lines: [line, ...waits.map(w => w.line)], afterMs: waits.reduce((sum, w) => sum + w.ms, 0), exit: 0 }
}

const HANDOVER = 'starting with listener file descriptors: '

/** What a reload prints. `error`: why the new Corefile, or its start, is refused. `by`: who asked for it. */
export function reloadLines(by: 'reload' | 'SIGUSR1', old: Corefile, fresh: Corefile, version: CorednsVersion, outcome: { readonly error?: string; readonly printed?: readonly string[] }): readonly string[] {
  const before = ['[INFO] Reloading', ...(waitsAtReload(version) ? lameducks(old).map(w => w.line) : []), ...outcome.printed ?? []]
  const { error } = outcome
  if (error === undefined) {
    // The hooks that would print the hash are gone after a signal.
    const hash = by === 'reload' && fresh.blocks.some(b => b.directives.some(d => d.name === 'reload')) ? [hashLine(fresh, version)] : []
    return [...before, ...hash, '[INFO] Reloading complete']
  }
  const last = by === 'reload' ? `[ERROR] plugin/reload: Corefile changed but reload failed: ${HANDOVER}${error}` : `[ERROR] SIGUSR1: ${HANDOVER}${error}`
  return [...before, `[ERROR] Restart failed: ${error}`, last]
}
