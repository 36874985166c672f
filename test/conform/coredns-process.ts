// One running CoreDNS: a folder with its files, its lines as they come, and its end.
import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Observed } from './scenario.ts'

/** Where scripts/build-coredns.sh puts the binary of a release. */
export const binaryOf = (version: string): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'whydns', `coredns-${version}`)

/** Undefined: it can be run. */
export function missing(binary: string): string | undefined {
  try {
    accessSync(binary, constants.X_OK)
    return undefined
  } catch {
    return `${binary} is not there or cannot be run; scripts/build-coredns.sh builds it (it needs Go)`
  }
}

export interface Files {
  readonly [path: string]: string
}

const BANNER = /^CoreDNS-\d/
const START_LIMIT_MS = 20_000

export class CorednsProcess {
  readonly stdout: string[] = []
  readonly stderr: string[] = []
  exit: number | null = null
  readonly folder: string
  private readonly child: ChildProcess
  readonly ended: Promise<void>
  private settled: (started: boolean) => void = () => {}
  /** True: the banner came; false: it ended without. */
  readonly started: Promise<boolean>

  constructor(command: readonly string[], files: Files, env: Readonly<Record<string, string>>) {
    this.folder = mkdtempSync(join(tmpdir(), 'conform-'))
    for (const [path, text] of Object.entries(files)) this.write(path, text)
    const [program = '', ...args] = command
    this.child = spawn(program, args, { cwd: this.folder, env: { PATH: process.env['PATH'] ?? '', HOME: this.folder, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.started = new Promise(resolve => { this.settled = resolve })
    this.ended = new Promise(resolve => {
      this.child.once('close', code => {
        this.exit = code
        this.settled(false)
        resolve()
      })
      this.child.once('error', error => {
        this.stderr.push(String(error))
        this.settled(false)
        resolve()
      })
    })
    const limit = setTimeout(() => this.settled(false), START_LIMIT_MS)
    void this.started.then(() => clearTimeout(limit))
    this.listen(this.child.stdout, this.stdout)
    this.listen(this.child.stderr, this.stderr)
  }

  /** The start as recorded rows have it, without the folder of its own. */
  startSeen(started: boolean): Observed {
    const written = (lines: readonly string[]): string[] => lines.map(line => line.replaceAll(this.folder, '<CWD>'))
    return { started, exit: this.exit, stdout: written(this.stdout), stderr: written(this.stderr) }
  }

  private listen(stream: NodeJS.ReadableStream | null, lines: string[]): void {
    let rest = ''
    stream?.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('utf8')).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        if (BANNER.test(line)) this.settled(true)
      }
    })
    stream?.on('end', () => { if (rest !== '') lines.push(rest) })
  }

  write(path: string, text: string): void {
    const at = join(this.folder, path)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, text)
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { force: true })
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
    rmSync(this.folder, { recursive: true, force: true })
  }
}
