// Spells: runs of consecutive replies (or lookups) with the same result, as somebody who only counts would see them.

export interface Spell {
  readonly result: string
  /** Of the first and the last reply in it; undefined = the log has no times. */
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly count: number
  /** To the first reply of the next spell; undefined for the last one. */
  readonly untilChangeMs: number | undefined
}

export interface SpellTimes {
  readonly goodMs: number
  readonly badMs: number
  /** Share of bad time; undefined when there is no time to share. */
  readonly badShare: number | undefined
}

/** In the order given: a log's own order, not its time stamps', which may tie. */
export function spellsOf(replies: readonly { readonly atMs: number | undefined; readonly result: string }[]): Spell[] {
  const runs: { result: string; fromMs: number | undefined; toMs: number | undefined; count: number }[] = []
  for (const { atMs, result } of replies) {
    const run = runs.at(-1)
    if (run?.result === result) {
      run.count++
      run.toMs = atMs
    } else runs.push({ result, fromMs: atMs, toMs: atMs, count: 1 })
  }
  return runs.map((run, i) => {
    const next = runs[i + 1]?.fromMs
    return { ...run, untilChangeMs: next !== undefined && run.fromMs !== undefined ? next - run.fromMs : undefined }
  })
}

/** Time in good and bad spells; the last spell counts to its own last reply. */
export function spellTimes(spells: readonly Spell[], isBad: (result: string) => boolean): SpellTimes {
  let goodMs = 0
  let badMs = 0
  for (const { result, fromMs, toMs, untilChangeMs } of spells) {
    const ms = untilChangeMs ?? (fromMs !== undefined && toMs !== undefined ? toMs - fromMs : 0)
    if (isBad(result)) badMs += ms
    else goodMs += ms
  }
  return { goodMs, badMs, badShare: goodMs + badMs > 0 ? badMs / (goodMs + badMs) : undefined }
}
