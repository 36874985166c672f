// An image reference taken apart: `registry.example:5000/library/python:3.12-alpine3.19@sha256:…` (distribution/reference, its grammar).

export interface ImageName {
  /** Lower case, without registry, tag and digest: `library/python`. */
  readonly path: string
  /** The last part of the path. */
  readonly name: string
  /** `latest` where none is written. */
  readonly tag: string
  /** Of the tag, between `-`, `_` and `+`: `3.12`, `alpine3.19`. */
  readonly words: readonly string[]
  /** By its path one of the Docker Official Images, wherever it was copied to. */
  readonly official: boolean
}

const LONGEST = 500

export function imageName(reference: string): ImageName {
  const [, whole = '', tag = 'latest'] = /^([^@]*?)(?::([^/:@]*))?(?:@.*)?$/.exec(reference.trim().slice(0, LONGEST).toLowerCase()) ?? []
  const parts = whole.split('/')
  const [first = ''] = parts
  const hasHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost')
  const path = (hasHost ? parts.slice(1) : parts).join('/')
  const name = parts.at(-1) ?? ''
  return { path, name, tag, words: tag.split(/[-_+]/).filter(word => word !== ''), official: path === name || path.endsWith(`library/${name}`) }
}
