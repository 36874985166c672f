// Texts of a grammar, damaged: one piece is put in, or stands in place of a character.
import fc from 'fast-check'

export const damaged = (whole: fc.Arbitrary<string>, put: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(whole, fc.nat(), fc.constantFrom(...put), fc.boolean()).map(([text, where, piece, replaces]) => {
    const chars = Array.from(text)
    chars.splice(where % (chars.length + 1), replaces ? 1 : 0, piece)
    return chars.join('')
  })
