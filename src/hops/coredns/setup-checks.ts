// The set-up checks by directive name (setup-check.ts).
import { aclSetup } from './acl-setup.ts'
import { autoSetup } from './auto-setup.ts'
import { autopathSetup } from './autopath-setup.ts'
import { bindSetup } from './bind.ts'
import { cacheSetup } from './cache-setup.ts'
import { chaosSetup } from './chaos.ts'
import { azureSetup, clouddnsSetup, route53Setup } from './cloud-setups.ts'
import { dns64Setup } from './dns64-setup.ts'
import { dynupdateSetup } from './dynupdate-setup.ts'
import { etcdSetup } from './etcd-setup.ts'
import { fileSetup } from './file-setup.ts'
import { forwardSetup } from './forward-setup.ts'
import { geoipSetup } from './geoip-setup.ts'
import { grpcSetup } from './grpc-setup.ts'
import { headerSetup } from './header.ts'
import { healthSetup } from './health.ts'
import { hostsSetup } from './hosts-setup.ts'
import { pprofSetup, prometheusSetup } from './http-setups.ts'
import { k8sExternalSetup } from './k8s-external-setup.ts'
import { kubernetesSetup } from './kubernetes-setup.ts'
import { errorsSetup, loadbalanceSetup, logSetup } from './log-setup.ts'
import { nomadSetup } from './nomad-setup.ts'
import { nsidSetup } from './nsid.ts'
import { onSetup } from './on-setup.ts'
import { dnstapSetup, erraticSetup, https3Limits, httpsLimits, quicLimits, shedSetup, streamLimits, tlsSetup, traceSetup, transferSetup } from './other-setups.ts'
import { proxyprotoSetup } from './proxyproto-setup.ts'
import { readySetup } from './ready.ts'
import { reloadSetup } from './reload.ts'
import { rewriteSetup } from './rewrite-setup.ts'
import { secondarySetup } from './secondary-setup.ts'
import type { SetupCheck } from './setup-check.ts'
import { dnssecSetup, signSetup, tsigSetup } from './signing-setups.ts'
import { siitSetup } from './siit-setup.ts'
import {
  anySetup, bufsizeSetup, cancelSetup, debugSetup, localSetup, loopSetup, metadataSetup, multisocketSetup, nameAlone, rootSetup, timeoutsSetup,
} from './small-setups.ts'
import { templateSetup } from './template-setup.ts'
import { viewSetup } from './view-setup.ts'

export const CHECKS: ReadonlyMap<string, SetupCheck> = new Map([
  ['acl', aclSetup],
  ['any', anySetup],
  ['auto', autoSetup],
  ['autopath', autopathSetup],
  ['azure', azureSetup],
  ['bind', bindSetup],
  ['bufsize', bufsizeSetup],
  ['cache', cacheSetup],
  ['cancel', cancelSetup],
  ['chaos', chaosSetup],
  ['clouddns', clouddnsSetup],
  ['debug', debugSetup],
  ['dns64', dns64Setup],
  ['dnssec', dnssecSetup],
  ['dnstap', dnstapSetup],
  ['dynupdate', dynupdateSetup],
  ['erratic', erraticSetup],
  ['errors', errorsSetup],
  ['etcd', etcdSetup],
  ['file', fileSetup],
  ['forward', forwardSetup],
  ['geoip', geoipSetup],
  ['grpc', grpcSetup],
  ['grpc_server', streamLimits],
  ['header', headerSetup],
  ['health', healthSetup],
  ['hosts', hostsSetup],
  ['https', httpsLimits],
  ['https3', https3Limits],
  ['k8s_external', k8sExternalSetup],
  ['kubernetes', kubernetesSetup],
  ['loadbalance', loadbalanceSetup],
  ['local', localSetup],
  ['log', logSetup],
  ['loop', loopSetup],
  ['metadata', metadataSetup],
  ['minimal', nameAlone],
  ['multisocket', multisocketSetup],
  ['nomad', nomadSetup],
  ['nsid', nsidSetup],
  ['on', onSetup],
  ['pprof', pprofSetup],
  ['prometheus', prometheusSetup],
  ['proxyproto', proxyprotoSetup],
  ['quic', quicLimits],
  ['ready', readySetup],
  ['reload', reloadSetup],
  ['rewrite', rewriteSetup],
  ['root', rootSetup],
  ['route53', route53Setup],
  ['secondary', secondarySetup],
  ['shed', shedSetup],
  ['sign', signSetup],
  ['siit', siitSetup],
  ['template', templateSetup],
  ['timeouts', timeoutsSetup],
  ['tls', tlsSetup],
  ['trace', traceSetup],
  ['transfer', transferSetup],
  ['tsig', tsigSetup],
  ['view', viewSetup],
  ['whoami', nameAlone],
])
