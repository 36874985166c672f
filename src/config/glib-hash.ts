// The order in which GLib's GHashTable of texts is walked (glib/ghash.c since 2.58: g_str_hash, factor 11, quadratic probing): programs that
// report "the first" of several things found in one report the first of this order. Small tables only: it starts with 8 places.
// Not modelled: what a removed entry leaves behind.

/** g_str_hash over UTF-8, as unsigned 32 bits. */
export function gStrHash(text: string): number {
  let hash = 5381
  for (const byte of new TextEncoder().encode(text)) hash = (Math.imul(hash, 33) + (byte > 127 ? byte - 256 : byte)) >>> 0
  return hash
}

const PRIMES = [1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521]
const SMALLEST_SHIFT = 3

/** `keys` in order of insertion, distinct. */
export function gHashOrder(keys: readonly string[]): readonly string[] {
  let shift = SMALLEST_SHIFT
  let table: (string | undefined)[] = Array.from({ length: 1 << shift })
  let used = 0
  for (const key of keys) {
    put(table, PRIMES[shift] as number, key)
    used++
    if (used + Math.floor(used / 16) < table.length || shift + 1 >= PRIMES.length) continue
    const old = table.filter(one => one !== undefined)
    while (1 << shift < used * 1.333 && shift + 1 < PRIMES.length) shift++
    if (1 << shift === table.length) shift++
    table = Array.from({ length: 1 << shift })
    for (const one of old) put(table, PRIMES[shift] as number, one)
  }
  return table.filter(one => one !== undefined)
}

function put(table: (string | undefined)[], prime: number, key: string): void {
  let at = Math.imul(gStrHash(key) < 2 ? 2 : gStrHash(key), 11) >>> 0
  at %= prime
  for (let step = 1; table[at] !== undefined; step++) at = (at + step) % table.length
  table[at] = key
}
