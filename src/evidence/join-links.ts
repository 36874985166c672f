// Links are collected by what they are of; so many that nobody can tell apart any more are not kept.
import type { Link } from './trace.ts'

const MOST_LINKS = 16

export function addLink<K, T>(links: Map<K, Link<T>[]>, of: K, link: Link<T>): void {
  const list = links.get(of)
  if (!list) links.set(of, [link])
  else if (list.length < MOST_LINKS) list.push(link)
}
