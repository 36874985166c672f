import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import { checkCorefile } from './check.ts'

const said = (corefile: string, build?: Parameters<typeof checkCorefile>[3]): readonly string[] =>
  checkCorefile(readCorefile('Corefile', corefile, { env: new Map() }).value, '1.11.3', new Map(), build).map(p => `${p.source?.line} ${p.message}`)

test('names that are no plugin come first, in the order of the file, then what is refused', () => {
  expect(said('. {\n cache 0\n zzz\n aaa\n}\nb {\n mmm\n cache -1\n}\n').map(text => text.slice(0, 40))).toEqual([
    '3 zzz is no plugin of CoreDNS 1.11.3: th', '4 aaa is no plugin of CoreDNS 1.11.3: th', '7 mmm is no plugin of CoreDNS 1.11.3: th',
    '2 CoreDNS does not start: plugin/cache: ', '8 CoreDNS does not start: plugin/cache: '])
})

test('nothing else that is odd about a Corefile is told', () => {
  expect(said('A.test {\n whoami\n}\n')).toEqual([])
})
