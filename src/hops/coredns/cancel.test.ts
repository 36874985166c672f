import { expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import { readCorefile } from '../../config/corefile.ts'
import { cancelMs } from './cancel.ts'

const of = (lines: string): number =>
  cancelMs({ block: 0, model: { corefile: readCorefile('Corefile', `. {\n ${lines}\n}\n`, { env: new Map() }).value } as CorednsModel })

test('plugin/cancel/cancel.go: a query has 5001 ms where cancel names no time, and none of its own without it; the last use counts', () => {
  expect([of('whoami'), of('cancel'), of('cancel 3s'), of('cancel 3s\n cancel 20ms'), of('cancel 3s\n cancel')]).toEqual([Infinity, 5001, 3000, 20, 5001])
})
