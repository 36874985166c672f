// A Go regular expression as instructions, and their execution: regexp/syntax/compile.go and the thread lists of regexp/exec.go. All
// threads walk the text together, so the time is (instructions × length of the text) whatever the expression; of two threads at one
// instruction the one that a backtracking engine would try first stays (leftmost-first).
import type { CharTest } from './go-regexp-set.ts'
import type { Assertion, Node } from './go-regexp-tree.ts'

type Instruction =
  | { readonly op: 'char'; readonly char: CharTest; out: number }
  | { readonly op: 'split'; out: number; other: number }
  | { readonly op: 'save'; readonly slot: number; out: number }
  | { readonly op: 'assert'; readonly what: Assertion; out: number }
  | { readonly op: 'go'; out: number }
  | { readonly op: 'match' }

export interface Program {
  readonly code: readonly Instruction[]
  readonly start: number
}

/** Bounds of this engine, not of Go's: they keep the worst match near 0.5 s and its memory near 100 MB. A node has no more instructions than its size. */
const MAX_CODE = 50_000
/** The bound of places that a match may save. */
const MAX_SAVES = 4_000

/** Undefined: too large to run here. */
export function programOf(node: Node): Program | undefined {
  if (node.size > MAX_CODE) return undefined
  const code: Instruction[] = [{ op: 'match' }]
  const build: Build = { code, saves: 0 }
  const start = compile(build, node, 0)
  return build.saves > MAX_SAVES ? undefined : { code, start }
}

interface Build {
  readonly code: Instruction[]
  saves: number
}

function emit(build: Build, instruction: Instruction): number {
  build.code.push(instruction)
  return build.code.length - 1
}

/** The place where the node begins when `next` follows it. */
function compile(build: Build, node: Node, next: number): number {
  switch (node.op) {
    case 'empty': return emit(build, { op: 'go', out: next })
    case 'char': return emit(build, { op: 'char', char: node.char, out: next })
    case 'assert': return emit(build, { op: 'assert', what: node.what, out: next })
    case 'group': {
      build.saves += 2
      const end = emit(build, { op: 'save', slot: 2 * node.index + 1, out: next })
      return emit(build, { op: 'save', slot: 2 * node.index, out: compile(build, node.sub, end) })
    }
    case 'cat': return node.subs.reduceRight((after, sub) => compile(build, sub, after), next)
    case 'alt': return node.subs.map(sub => compile(build, sub, next)).reduceRight((other, out) => emit(build, { op: 'split', out, other }))
    case 'repeat': return compileRepeat(build, node, next)
  }
}

function compileRepeat(build: Build, node: Extract<Node, { op: 'repeat' }>, next: number): number {
  const { sub, min, max, greedy } = node
  let after = next
  if (max === Infinity) after = min === 0 ? star(build, sub, greedy, next) : plus(build, sub, greedy, next)
  else for (let i = min; i < max; i++) after = optional(build, compile(build, sub, after), greedy, next)
  for (let i = max === Infinity ? 1 : 0; i < min; i++) after = compile(build, sub, after)
  return after
}

const optional = (build: Build, inside: number, greedy: boolean, next: number): number =>
  emit(build, greedy ? { op: 'split', out: inside, other: next } : { op: 'split', out: next, other: inside })

/** x* is (x+)?, so that the empty match of what can be empty has its place in the order. */
const star = (build: Build, sub: Node, greedy: boolean, next: number): number => optional(build, plus(build, sub, greedy, next), greedy, next)

function plus(build: Build, sub: Node, greedy: boolean, next: number): number {
  const split: Extract<Instruction, { op: 'split' }> = { op: 'split', out: next, other: next }
  const loop = emit(build, split)
  const entry = compile(build, sub, loop)
  if (greedy) split.out = entry
  else split.other = entry
  return entry
}

/** What a thread has saved, newest first; shared between threads. */
interface Saved {
  readonly slot: number
  readonly at: number
  readonly older: Saved | undefined
}
interface Thread {
  readonly pc: number
  readonly saved: Saved | undefined
}
/** Threads in order of preference; `seen[pc]` is the step that last put a thread there. */
interface Threads {
  list: Thread[]
  readonly seen: Int32Array
}

/** The places of slots 0, 1, 2…, or undefined. `chars` are code points. */
export function run(program: Program, chars: readonly number[]): ReadonlyMap<number, number> | undefined {
  const { code } = program
  const threads: Threads = { list: [], seen: new Int32Array(code.length) }
  let [current, matched] = [[] as Thread[], undefined as Saved | undefined]
  let found = false
  for (let at = 0; at <= chars.length; at++) {
    threads.list = current
    // A match that began further left wins.
    if (!found) follow(program, threads, { pc: program.start, saved: { slot: 0, at, older: undefined } }, chars, at)
    const here = threads.list
    threads.list = []
    for (const thread of here) {
      const instruction = code[thread.pc] as Instruction
      if (instruction.op === 'match') {
        matched = { slot: 1, at, older: thread.saved }
        found = true
        break
      }
      const char = chars[at]
      if (char === undefined || instruction.op !== 'char' || !instruction.char(char)) continue
      follow(program, threads, { pc: instruction.out, saved: thread.saved }, chars, at + 1)
    }
    current = threads.list
  }
  return found ? slotsOf(matched) : undefined
}

/** Adds every place that is reached from here without reading, in order of preference. */
function follow({ code }: Program, threads: Threads, from: Thread, chars: readonly number[], at: number): void {
  const stack = [from]
  for (let thread = stack.pop(); thread; thread = stack.pop()) {
    const { pc, saved } = thread
    // Steps count from 1: 0 is "never".
    if (threads.seen[pc] === at + 1) continue
    threads.seen[pc] = at + 1
    const instruction = code[pc] as Instruction
    switch (instruction.op) {
      case 'split':
        stack.push({ pc: instruction.other, saved }, { pc: instruction.out, saved })
        break
      case 'save':
        stack.push({ pc: instruction.out, saved: { slot: instruction.slot, at, older: saved } })
        break
      case 'assert':
        if (holds(instruction.what, chars, at)) stack.push({ pc: instruction.out, saved })
        break
      case 'go':
        stack.push({ pc: instruction.out, saved })
        break
      default: threads.list.push(thread)
    }
  }
}

const NEWLINE = 10
const isWord = (char: number | undefined): boolean =>
  char !== undefined && ((char >= 48 && char <= 57) || (char >= 65 && char <= 90) || char === 95 || (char >= 97 && char <= 122))

function holds(what: Assertion, chars: readonly number[], at: number): boolean {
  switch (what) {
    case 'textStart': return at === 0
    case 'textEnd': return at === chars.length
    case 'lineStart': return at === 0 || chars[at - 1] === NEWLINE
    case 'lineEnd': return at === chars.length || chars[at] === NEWLINE
    case 'word': return isWord(chars[at - 1]) !== isWord(chars[at])
    case 'noWord': return isWord(chars[at - 1]) === isWord(chars[at])
  }
}

function slotsOf(saved: Saved | undefined): ReadonlyMap<number, number> {
  const slots = new Map<number, number>()
  for (let at = saved; at; at = at.older) if (!slots.has(at.slot)) slots.set(at.slot, at.at)
  return slots
}
