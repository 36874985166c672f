// The stub resolver of one place, by its library. Ask `stub <place>` a StubQuery; the value is a StubResult.
import type { HopEntries, Reach } from '../chain/hop.ts'
import type { StubKind, StubModel } from '../chain/model.ts'
import { glibcStub } from './glibc-stub.ts'
import { goStub } from './go-stub.ts'
import { muslStub } from './musl-stub.ts'

const STUBS = { glibc: glibcStub, musl: muslStub, go: goStub } as const

export const stubHops = (model: StubModel, reach: Reach): HopEntries => STUBS[model.kind](model, reach)

export const isStubKind = (kind: string): kind is StubKind => Object.hasOwn(STUBS, kind)
