// The set-up checks by directive name (setup-check.ts).
import { autoSetup } from './auto-setup.ts'
import { bindSetup } from './bind.ts'
import { cacheSetup } from './cache-setup.ts'
import { fileSetup } from './file-setup.ts'
import { forwardSetup } from './forward-setup.ts'
import { hostsSetup } from './hosts-setup.ts'
import { healthSetup } from './health.ts'
import { pprofSetup, prometheusSetup } from './http-setups.ts'
import { kubernetesSetup } from './kubernetes-setup.ts'
import { errorsSetup, loadbalanceSetup, logSetup } from './log-setup.ts'
import { dnstapSetup, erraticSetup, httpsLimits, quicLimits, shedSetup, streamLimits, tlsSetup, traceSetup, transferSetup } from './other-setups.ts'
import { readySetup } from './ready.ts'
import { reloadSetup } from './reload.ts'
import type { SetupCheck } from './setup-check.ts'
import {
  anySetup, bufsizeSetup, cancelSetup, chaosSetup, debugSetup, localSetup, loopSetup, metadataSetup, multisocketSetup, nameAlone, nsidSetup, rootSetup, timeoutsSetup,
} from './small-setups.ts'
import { templateSetup } from './template-setup.ts'

export const CHECKS: ReadonlyMap<string, SetupCheck> = new Map([
  ['any', anySetup],
  ['auto', autoSetup],
  ['bind', bindSetup],
  ['bufsize', bufsizeSetup],
  ['cache', cacheSetup],
  ['cancel', cancelSetup],
  ['chaos', chaosSetup],
  ['debug', debugSetup],
  ['dnstap', dnstapSetup],
  ['erratic', erraticSetup],
  ['errors', errorsSetup],
  ['file', fileSetup],
  ['forward', forwardSetup],
  ['grpc_server', streamLimits],
  ['health', healthSetup],
  ['hosts', hostsSetup],
  ['https', httpsLimits],
  ['https3', streamLimits],
  ['kubernetes', kubernetesSetup],
  ['loadbalance', loadbalanceSetup],
  ['local', localSetup],
  ['log', logSetup],
  ['loop', loopSetup],
  ['metadata', metadataSetup],
  ['minimal', nameAlone],
  ['multisocket', multisocketSetup],
  ['nsid', nsidSetup],
  ['pprof', pprofSetup],
  ['prometheus', prometheusSetup],
  ['quic', quicLimits],
  ['ready', readySetup],
  ['reload', reloadSetup],
  ['root', rootSetup],
  ['shed', shedSetup],
  ['template', templateSetup],
  ['timeouts', timeoutsSetup],
  ['tls', tlsSetup],
  ['trace', traceSetup],
  ['transfer', transferSetup],
  ['whoami', nameAlone],
])
