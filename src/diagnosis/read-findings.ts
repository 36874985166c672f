// The findings that need evidence only, gravest first.
import type { Certainty, Level } from '../findings/diagnosis.ts'
import { changeHits, negativeCacheHits } from './read-changes.ts'
import { divergenceHits, dividedNames } from './read-divergence.ts'
import type { ReadEvidence, ReadHit } from './read-evidence.ts'
import { ndotsHits, wildcardHits } from './read-search-list.ts'
import { unreachableHits } from './read-unreachable.ts'

const LEVELS: readonly Level[] = ['error', 'warning', 'info']
const CERTAINTIES: readonly Certainty[] = ['confirmed', 'likely', 'possible']

export function readHits(e: ReadEvidence): ReadHit[] {
  const divided = dividedNames(e)
  const hits = [...divergenceHits(e), ...changeHits(e, divided), ...negativeCacheHits(e, divided), ...unreachableHits(e), ...wildcardHits(e), ...ndotsHits(e)]
  return hits.map((hit, at) => ({ hit, at })).sort((a, b) => LEVELS.indexOf(a.hit.level) - LEVELS.indexOf(b.hit.level)
    || CERTAINTIES.indexOf(a.hit.certainty) - CERTAINTIES.indexOf(b.hit.certainty) || a.at - b.at).map(({ hit }) => hit)
}
