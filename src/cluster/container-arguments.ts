// The command line of a container, as Go's flag package reads it: `-conf x`, `--conf=x`.
// Not modelled: an image's own entry point, arguments taken from environment variables.
import type { KubeObject } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { textsOf } from './fields.ts'

/** The value of a flag of one of a pod's containers, by any of its names. Given several times, the last counts. */
export function argumentOf(pod: KubeObject, container: number, ...names: readonly string[]): Sourced<string> | undefined {
  const words = (['command', 'args'] as const).flatMap(list =>
    textsOf(pod.body, 'spec', 'containers', container, list).map((value, at) => ({ value, get source() { return pod.at('spec', 'containers', container, list, at) } })))
  let last: Sourced<string> | undefined
  for (const [at, word] of words.entries()) {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word.value) ?? []
    if (name === undefined || !names.includes(name)) continue
    last = value === undefined ? words[at + 1] : { value, source: word.source }
  }
  return last
}
