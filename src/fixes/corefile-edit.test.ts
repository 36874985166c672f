import { expect, test } from 'vitest'
import type { Directive, ServerBlock } from '../chain/model.ts'
import { sourcesOf } from '../chain/source.ts'
import { wholeFile } from '../config/embedded-text.ts'
import { addOption, addServerBlock, replaceArguments } from './corefile-edit.ts'
import { applyEdits } from './patch.ts'

const text = '.:53 {\n  errors\n  forward . /etc/resolv.conf {\n    prefer_udp\n  }\n  cache 30\n}\n'
const at = sourcesOf('Corefile', text)
const word = (w: string, from = 0) => ({ value: w, source: at(text.indexOf(w, from), text.indexOf(w, from) + w.length) })
const line = (name: string, args: string[], properties: Directive[] = []): Directive => {
  const start = text.indexOf(name)
  const whole = [name, ...args].join(' ')
  return { name, args: args.map(a => word(a, start + name.length)), properties, source: at(start, start + whole.length) }
}
const forward = line('forward', ['.', '/etc/resolv.conf'], [line('prefer_udp', [])])
const cache = line('cache', ['30'])
const block: ServerBlock = { keys: [word('.:53')], directives: [line('errors', []), forward, cache], source: at(0, text.length - 1) }
const corefile = { embedded: wholeFile('Corefile', text), blocks: [block] }

test('a zone gets its own servers, in front, in the style of the file', () => {
  expect(applyEdits(text, [addServerBlock(corefile, block, forward, 'corp.example.', ['10.0.0.1', '10.0.0.2'])])).toBe(
    'corp.example:53 {\n  errors\n  cache 30\n  forward . 10.0.0.1 10.0.0.2 {\n    prefer_udp\n  }\n}\n' + text)
})

test('an option goes into the block that is there, or into a new one', () => {
  expect(applyEdits(text, [addOption(corefile, block, forward, 'policy sequential')])).toContain('forward . /etc/resolv.conf {\n    policy sequential\n    prefer_udp\n')
  expect(applyEdits(text, [addOption(corefile, block, cache, 'denial 9984 5')])).toContain('cache 30 {\n    denial 9984 5\n  }\n')
})

test('arguments are replaced in place', () => {
  expect(applyEdits(text, [replaceArguments(corefile, cache, ['5'])])).toContain('  cache 5\n')
})
