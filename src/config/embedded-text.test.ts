import { parseDocument, isScalar } from 'yaml'
import { expect, test } from 'vitest'
import { embeddedText, moveSources } from './embedded-text.ts'
import { sourcesOf } from '../chain/source.ts'

const corefile = '.:53 {\n    forward . /etc/resolv.conf\n\n    cache 30\n}\n'

function inside(outerText: string, path: string[]) {
  const node = parseDocument(outerText).getIn(path, true)
  if (!isScalar(node) || !node.range) throw new Error('no scalar')
  return embeddedText('cm.yaml', outerText, node.range[0], node.range[1], String(node.value))
}

const shapes: [string, string][] = [
  ['block', `data:\n  Corefile: |\n${corefile.replace(/^(?=.)/gm, '    ')}kind: ConfigMap\n`],
  ['quoted', `data:\n  Corefile: ${JSON.stringify(corefile)}\nkind: ConfigMap\n`],
]

test.each(shapes)('a place in a %s scalar is the same text in the file', (_shape, outer) => {
  const inner = inside(outer, ['data', 'Corefile'])
  expect(inner.text).toBe(corefile)
  const at = sourcesOf('inner', inner.text)
  for (const word of ['forward', 'cache 30', '.:53', '}']) {
    const start = corefile.indexOf(word)
    const moved = inner.outer(at(start, start + word.length))
    expect(outer.slice(moved.start, moved.end)).toBe(word)
  }
})

test.each(shapes)('an edit of a %s scalar reads back as the edited text', (_shape, outer) => {
  const inner = inside(outer, ['data', 'Corefile'])
  const added = 'corp.example:53 {\n    forward . 10.0.0.1\n}\n'
  for (const [start, end, text] of [[0, 0, added], [corefile.indexOf('cache 30'), corefile.indexOf('cache 30') + 8, 'cache 5'], [corefile.length, corefile.length, added]] as const) {
    const edit = inner.edit(start, end, text)
    const changed = outer.slice(0, edit.start) + edit.text + outer.slice(edit.end)
    expect(parseDocument(changed).getIn(['data', 'Corefile'])).toBe(corefile.slice(0, start) + text + corefile.slice(end))
    expect(parseDocument(changed).get('kind')).toBe('ConfigMap')
  }
})

test('sources of the inner file are moved wherever they stand', () => {
  const inner = inside(shapes[0]![1], ['data', 'Corefile'])
  const source = sourcesOf('inner', inner.text)(0, 4)
  const moved = moveSources({ list: [{ value: 1, source }], other: { ...source, file: 'else' } }, 'inner', inner.outer)
  expect(moved.list[0]!.source.file).toBe('cm.yaml')
  expect(moved.other.file).toBe('else')
})
