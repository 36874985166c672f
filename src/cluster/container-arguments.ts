// The command line of a container, as Go's flag package reads it: `-conf x`, `--conf=x`.
// Not modelled: an image's own entry point, arguments taken from environment variables.
import type { KubeObject } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { textsOf } from './fields.ts'

/** The value of a flag of one of a pod's containers. */
export function argumentOf(pod: KubeObject, container: number, name: string): Sourced<string> | undefined {
  const words = (['command', 'args'] as const).flatMap(list =>
    textsOf(pod.body, 'spec', 'containers', container, list).map((value, at) => ({ value, get source() { return pod.at('spec', 'containers', container, list, at) } })))
  for (const [at, word] of words.entries()) {
    const bare = word.value.replace(/^--?/, '')
    if (bare === word.value) continue
    if (bare === name) return words[at + 1]
    if (bare.startsWith(`${name}=`)) return { value: bare.slice(name.length + 1), source: word.source }
  }
  return undefined
}
