// Which places of the sources an instance of rows runs through: V8's own counts of blocks, of the thread this is used in.
import { Session, type Profiler } from 'node:inspector'

/** A place in a source, by the address it was loaded from. */
export interface Spot {
  readonly url: string
  readonly at: number
}

export class Reach {
  private readonly session = new Session()
  private readonly spots: readonly Spot[]

  /** Counts from here on. */
  constructor(spots: readonly Spot[]) {
    this.spots = spots
    this.session.connect()
    this.session.post('Profiler.enable')
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /**
   * The spots that were run through since the last call, by their numbers. What stands outside of all functions has run when its module was
   * loaded: it counts where anything of its module ran; a module without functions counts always.
   */
  take(): readonly number[] {
    const scripts = new Map(this.scripts().map(script => [plainUrl(script.url), script]))
    return this.spots.flatMap(({ url, at }, i) => (isReached(scripts.get(url), at) ? [i] : []))
  }

  end(): void {
    this.session.disconnect()
  }

  private scripts(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] = []
    this.session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error) throw error
      scripts = taken.result
    })
    return scripts
  }
}

const plainUrl = (url: string): string => url.split('?mutant=')[0] as string

function isReached(script: Profiler.ScriptCoverage | undefined, at: number): boolean {
  if (!script) return false
  const functions = script.functions.filter(({ functionName, ranges }) => functionName !== '' || ranges[0]?.startOffset !== 0)
  const around = functions.flatMap(f => f.ranges).filter(range => range.startOffset <= at && at < range.endOffset)
  if (around.length === 0) return functions.some(f => f.ranges.some(range => range.count > 0))
  const innermost = around.reduce((a, b) => (b.endOffset - b.startOffset <= a.endOffset - a.startOffset ? b : a))
  return innermost.count > 0
}
