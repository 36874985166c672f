// The line of good and bad spells: one letter a lookup, or a column of several where there are too many.
import type { Simulation } from '../findings/simulation.ts'
import { tenths, type SimulatedLookup } from './simulated-lookups.ts'

/** About four lines of a terminal. */
const LETTERS = 320

/** As in the raster of a log: o good, X denied. Other addresses than the first get the next letters. */
const ANSWERS = 'opqvw'
const LETTER_OF: Readonly<Record<string, string>> = { nxdomain: 'X', nodata: 'N', servfail: 'S', refused: 'R', timeout: 'T', error: 'E' }
const SLOW = { letter: '~', meaning: 'slow answer' }
const SOME = { letter: '/', meaning: 'some of each' }

export function simulatedRaster(lookups: readonly SimulatedLookup[]): Simulation['status']['raster'] {
  const legend = new Map<string, string>()
  const answers = [...new Set(lookups.filter(l => l.good).map(l => l.ending))].sort()
  const letterOf = (l: SimulatedLookup): string => {
    if (l.good && l.slow) return noted(SLOW.letter, SLOW.meaning)
    const letter = l.good ? ANSWERS[Math.min(answers.indexOf(l.ending), ANSWERS.length - 1)] as string : LETTER_OF[l.ending.split(' ')[0] as string] ?? 'E'
    return noted(letter, (legend.get(letter) ?? l.ending) === l.ending ? l.ending : l.ending.split(' ')[0] as string)
  }
  function noted(letter: string, meaning: string): string {
    legend.set(letter, meaning)
    return letter
  }
  const lookupsPerLetter = Math.max(1, Math.ceil(lookups.length / LETTERS))
  const letters: string[] = []
  const atS: number[] = []
  for (let at = 0; at < lookups.length; at += lookupsPerLetter) {
    const column = lookups.slice(at, at + lookupsPerLetter)
    const good = column.filter(l => l.good).length
    letters.push(good === 0 || good === column.length ? commonest(column.map(letterOf)) : noted(SOME.letter, SOME.meaning))
    atS.push(tenths((column[0] as SimulatedLookup).atMs))
  }
  return { letters: letters.join(''), lookupsPerLetter, atS, legend: Object.fromEntries([...legend].filter(([letter]) => letters.includes(letter)).sort(([a], [b]) => (a < b ? -1 : 1))) }
}

function commonest(letters: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}
