// Lists that are joined far more often than read: the steps and the notes of a path. Joining is O(1); only the few
// paths that become a witness are ever written out.

export type Trail<T> = undefined | {
  readonly size: number
  readonly left: Trail<T>
  readonly right: Trail<T>
  readonly items: readonly T[]
}

export const trailOf = <T>(item: T): Trail<T> => ({ size: 1, left: undefined, right: undefined, items: [item] })

export const joined = <T>(left: Trail<T>, right: Trail<T>): Trail<T> =>
  left === undefined ? right : right === undefined ? left : { size: left.size + right.size, left, right, items: [] }

export const sizeOf = <T>(trail: Trail<T>): number => trail?.size ?? 0

/** In order. Iterative: a long search list nests thousands of joins. */
export function itemsOf<T>(trail: Trail<T>): T[] {
  const items: T[] = []
  const todo: Trail<T>[] = [trail]
  while (todo.length > 0) {
    const next = todo.pop()
    if (next === undefined) continue
    for (const item of next.items) items.push(item)
    todo.push(next.right, next.left)
  }
  return items
}
