// Edits of a Corefile, in the style of the text that is there. The text may be inside a ConfigMap: the edit is made on
// the inner text and moved out by `EmbeddedText`.
import type { Directive, ServerBlock } from '../chain/model.ts'
import type { Edit } from '../chain/source.ts'
import type { EmbeddedText } from '../config/embedded-text.ts'

/** Positions are those of the Corefile's own text, before any move into an enclosing file. */
export interface CorefileText {
  readonly embedded: EmbeddedText
  readonly blocks: readonly ServerBlock[]
}

/** A server block for `zone`, in front of the block whose `forward` sent its names elsewhere. Keeps that block's port, `bind`, `errors`, `log`, `cache` and forward options. */
export function addServerBlock(corefile: CorefileText, beside: ServerBlock, forward: Directive, zone: string, servers: readonly string[]): Edit {
  const text = corefile.embedded.text
  const indent = indentOf(text, beside)
  const port = portOf(beside)
  const options = forward.properties.filter(p => ['prefer_udp', 'force_tcp', 'max_concurrent', 'expire', 'policy'].includes(p.name))
  const kept = beside.directives.filter(d => ['errors', 'log', 'cache', 'bind'].includes(d.name))
  const lines = [
    `${zone.replace(/\.$/, '')}:${port} {`,
    ...kept.map(d => indent + words(d)),
    `${indent}forward . ${servers.join(' ')}${options.length > 0 ? ' {' : ''}`,
    ...(options.length > 0 ? [...options.map(o => indent + indent + words(o)), `${indent}}`] : []),
    '}', '',
  ]
  return corefile.embedded.edit(beside.source.start, beside.source.start, lines.join('\n'))
}

/** Adds one option line to a directive, with a block of its own if it has none. */
export function addOption(corefile: CorefileText, block: ServerBlock, directive: Directive, option: string): Edit {
  const text = corefile.embedded.text
  const indent = indentOf(text, block)
  const end = directive.source.end
  const brace = /^[ \t]*\{/.exec(text.slice(end))
  return brace
    ? corefile.embedded.edit(end + brace[0].length, end + brace[0].length, `\n${indent}${indent}${option}`)
    : corefile.embedded.edit(end, end, ` {\n${indent}${indent}${option}\n${indent}}`)
}

/** Replaces the arguments of a directive's line. */
export function replaceArguments(corefile: CorefileText, directive: Directive, args: readonly string[]): Edit {
  const first = directive.args[0]
  const last = directive.args.at(-1)
  const start = first?.source.start ?? directive.source.end
  const end = last?.source.end ?? directive.source.end
  return corefile.embedded.edit(start, end, (first ? '' : ' ') + args.join(' '))
}

function indentOf(text: string, block: ServerBlock): string {
  const first = block.directives[0]
  if (!first) return '    '
  const lineStart = text.lastIndexOf('\n', first.source.start - 1) + 1
  return /^[ \t]+/.exec(text.slice(lineStart, first.source.start))?.[0] ?? '    '
}

function portOf(block: ServerBlock): string {
  return /:(\d+)$/.exec(block.keys[0]?.value ?? '')?.[1] ?? '53'
}

const words = (directive: Directive): string => [directive.name, ...directive.args.map(a => (/[\s"]/.test(a.value) ? JSON.stringify(a.value) : a.value))].join(' ')
