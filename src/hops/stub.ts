// The stub resolver of one place, by its library or by the program that looks names up. Ask `stub <place>` a StubQuery; the value is a StubResult.
import type { HopEntries, Reach } from '../chain/hop.ts'
import type { StubKind, StubModel } from '../chain/model.ts'
import { bindToolStub } from './bind-tool-stub.ts'
import { busyboxStub } from './busybox-stub.ts'
import { caresStub } from './c-ares-stub.ts'
import { glibcStub } from './glibc-stub.ts'
import { goStub } from './go-stub.ts'
import { muslStub } from './musl-stub.ts'
import { overLibcStub } from './over-libc-stub.ts'

const STUBS: Readonly<Record<StubKind, (model: StubModel, reach: Reach) => HopEntries>> = {
  'busybox': busyboxStub,
  'c-ares': caresStub,
  'cgo': overLibcStub('cgo'),
  'curl': overLibcStub('curl'),
  'dig': bindToolStub('dig'),
  'dig-search': bindToolStub('dig-search'),
  'getent': overLibcStub('getent'),
  'getent-hosts': overLibcStub('getent-hosts'),
  'glibc': glibcStub,
  'go': goStub,
  'host': bindToolStub('host'),
  'java': overLibcStub('java'),
  'musl': muslStub,
  'node': overLibcStub('node'),
  'nslookup': bindToolStub('nslookup'),
}

export const stubHops = (model: StubModel, reach: Reach): HopEntries => STUBS[model.kind](model, reach)

export const isStubKind = (kind: string): kind is StubKind => Object.hasOwn(STUBS, kind)
