// Kubernetes objects from text, as `kubectl get -o yaml|json` prints them: one object, several documents, `kind: List`,
// and the typed lists of `kubectl cluster-info dump` (`PodList`, whose items carry neither kind nor apiVersion).
// What a field means is left to its readers; here only kind, metadata and the place of every field.
// Places are worked out when somebody asks for one: most objects of a big cluster are never pointed at.
// Not read: the stream that `cluster-info dump` writes to the terminal, where container logs stand between the lists.
import type { KubeObject } from '../chain/model.ts'
import type { Problem, Read, Source } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { readYaml, type YamlDocument } from '../config/yaml-text.ts'
import { fieldOf, isFields, textMapOf, textOf, type Fields } from './fields.ts'
import { readPrintedYaml } from './printed-yaml.ts'

type Path = readonly (string | number)[]

/** Lists in lists: kubectl never prints more than one level. */
const LIST_DEPTH_LIMIT = 4
const PROBLEM_LIMIT = 50

export function readObjects(file: string, text: string): Read<readonly KubeObject[]> {
  const printed = readPrintedYaml(file, text)
  const read: Read<readonly YamlDocument[]> = printed ? { value: printed, problems: [] } : readYaml(file, text)
  const reader = new ObjectReader(file, text, [...read.problems])
  for (const document of read.value) reader.take(document.value, [], document, undefined, 0)
  return { value: reader.objects, problems: reader.problems }
}

interface Kind { readonly kind: string; readonly apiVersion: string }

class ObjectReader {
  readonly objects: KubeObject[] = []
  readonly problems: Problem[]
  private readonly start: Source

  constructor(file: string, text: string, problems: Problem[]) {
    this.problems = problems
    this.start = sourcesOf(file, text)(0, 0)
  }

  /** `inherited`: kind and apiVersion that the items of a typed list do not repeat. */
  take(value: unknown, path: Path, document: YamlDocument, inherited: Kind | undefined, depth: number): void {
    if (!isFields(value)) {
      this.odd('kube-object-not-a-map', 'not a Kubernetes object: the document is no map', document, path)
      return
    }
    const kind = textOf(value, 'kind') ?? inherited?.kind
    const apiVersion = textOf(value, 'apiVersion') ?? inherited?.apiVersion
    if (kind === undefined || kind === '' || apiVersion === undefined) {
      this.odd('kube-object-without-kind', 'not a Kubernetes object: kind or apiVersion is missing', document, path)
      return
    }
    const items = fieldOf(value, 'items')
    const isList = kind.endsWith('List') && (Array.isArray(items) || items === null || items === undefined)
    if (isList) this.takeList({ kind, apiVersion }, items, path, document, depth)
    else this.takeObject({ kind, apiVersion }, value, path, document)
  }

  private takeList({ kind, apiVersion }: Kind, items: unknown, path: Path, document: YamlDocument, depth: number): void {
    if (depth >= LIST_DEPTH_LIMIT) {
      this.odd('kube-list-too-deep', `lists inside lists beyond ${LIST_DEPTH_LIMIT} levels are left out`, document, path)
      return
    }
    const of = kind === 'List' ? undefined : { kind: kind.slice(0, -'List'.length), apiVersion }
    if (Array.isArray(items)) for (const [at, item] of items.entries()) this.take(item, [...path, 'items', at], document, of, depth + 1)
  }

  private takeObject(of: Kind, body: Fields, path: Path, document: YamlDocument): void {
    const name = textOf(body, 'metadata', 'name')
    if (name === undefined || name === '') {
      this.odd('kube-object-without-name', `a ${of.kind} without metadata.name is left out`, document, path)
      return
    }
    this.objects.push(kubeObject(of, name, body, path, document, this.start))
  }

  private odd(code: string, message: string, document: YamlDocument, path: Path): void {
    if (this.problems.length >= PROBLEM_LIMIT) return
    this.problems.push({ code, message, source: document.sourceAt(path) ?? this.start, state: 'ignored' })
  }
}

function kubeObject({ kind, apiVersion }: Kind, name: string, body: Fields, path: Path, document: YamlDocument, start: Source): KubeObject {
  let source: Source | undefined
  const own = (): Source => (source ??= document.sourceAt(path) ?? start)
  return {
    apiVersion, kind, name, body,
    namespace: textOf(body, 'metadata', 'namespace') ?? '',
    labels: textMapOf(body, 'metadata', 'labels'),
    annotations: textMapOf(body, 'metadata', 'annotations'),
    get source() { return firstLine(own()) },
    at: (...field) => (field.length === 0 ? firstLine(own()) : document.sourceAt([...path, ...field]) ?? firstLine(own())),
  }
}

/** An object's own Source is its first line; the whole of it can be hundreds of lines. */
function firstLine(whole: Source): Source {
  const end = whole.text.indexOf('\n')
  if (end < 0) return whole
  return { ...whole, end: whole.start + end, endLine: whole.line, endColumn: whole.column + end, text: whole.text.slice(0, end) }
}
