// A configuration with which CoreDNS does not start. `text` is what it prints, without file and line: the Source has them.
import type { Problem, Source } from '../../chain/source.ts'

export const REFUSED_CODE = 'corefile-refused'
const INTRODUCTION = 'CoreDNS does not start: '

export function refuse(report: (problem: Problem) => void, text: string, source: Source | undefined): void {
  report({ code: REFUSED_CODE, message: INTRODUCTION + text, state: 'damaged', ...(source && { source }) })
}

/** What CoreDNS prints. */
export const refusalText = (problem: Problem): string => problem.message.replace(INTRODUCTION, '')

export const ONCE_TEXT = 'this plugin can only be used once per Server Block'
export const argumentText = (token: string): string => `Error during parsing: Wrong argument count or unexpected line ending after '${token}'`
