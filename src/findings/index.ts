// All findings, in order of id. A new one is one file here and one line below.
import { cachedServfail } from './cached-servfail.ts'
import type { Finding } from './finding.ts'
import { fixThatDoesNotFix } from './fix-that-does-not-fix.ts'
import { forwardLoop } from './forward-loop.ts'
import { hostnetworkDnsPolicy } from './hostnetwork-dns-policy.ts'
import { missingClusterDns } from './missing-cluster-dns.ts'
import { mixedUpstreams } from './mixed-upstreams.ts'
import { muslStopsSearching } from './musl-stops-searching.ts'
import { ndotsAmplification } from './ndots-amplification.ts'
import { negativeCache } from './negative-cache.ts'
import { outsideModel } from './outside-model.ts'
import { splitDnsLost } from './split-dns-lost.ts'
import { tooManyNameservers } from './too-many-nameservers.ts'
import { topologyNoLocalEndpoint } from './topology-no-local-endpoint.ts'
import { topologyNotInEffect } from './topology-not-in-effect.ts'
import { unequalTwins } from './unequal-twins.ts'
import { upstreamRefuses } from './upstream-refuses.ts'
import { upstreamUnreachable } from './upstream-unreachable.ts'
import { wildcardSearchDomain } from './wildcard-search-domain.ts'

export const findings: readonly Finding[] = [
  cachedServfail,
  fixThatDoesNotFix,
  forwardLoop,
  hostnetworkDnsPolicy,
  missingClusterDns,
  mixedUpstreams,
  muslStopsSearching,
  ndotsAmplification,
  negativeCache,
  outsideModel,
  splitDnsLost,
  tooManyNameservers,
  topologyNoLocalEndpoint,
  topologyNotInEffect,
  unequalTwins,
  upstreamRefuses,
  upstreamUnreachable,
  wildcardSearchDomain,
]
