// Progress on stderr: one line, only on a terminal, gone at the end; plain lines for files that take long otherwise.
import type { Rim } from './rim.ts'

/** Files below this are read before a line could be. */
const WORTH_SHOWING_BYTES = 8 * 1024 * 1024
const PLAIN_STEP_BYTES = 32 * 1024 * 1024

export interface Progress {
  readonly onProgress: (path: string, doneBytes: number, totalBytes: number) => void
  readonly end: () => void
}

export function progress(rim: Rim, quiet: boolean): Progress {
  let drawn = false
  let saidAt = 0
  let drawnPercent = -1
  const clear = (): void => {
    if (drawn) rim.err('\r\x1b[2K')
    drawn = false
  }
  return {
    onProgress: (path, doneBytes, totalBytes) => {
      if (quiet || totalBytes < WORTH_SHOWING_BYTES) return
      if (rim.errTerminal.isTty) {
        const percent = Math.floor((doneBytes / totalBytes) * 100)
        if (percent === drawnPercent && drawn) return
        drawnPercent = percent
        const line = `${percent} % of ${Math.round(totalBytes / 1e6)} MB  ${JSON.stringify(path).slice(1, -1)}`
        rim.err(`\r\x1b[2K${line.slice(0, Math.max(20, rim.errTerminal.columns - 1))}`)
        drawn = true
        if (doneBytes >= totalBytes) clear()
      } else if (doneBytes - saidAt >= PLAIN_STEP_BYTES || doneBytes < saidAt) {
        saidAt = doneBytes
        rim.err(`whydns: ${JSON.stringify(path)}: ${Math.round(doneBytes / 1e6)} of ${Math.round(totalBytes / 1e6)} MB\n`)
      }
    },
    end: clear,
  }
}
