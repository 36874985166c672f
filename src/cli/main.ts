// The command line: argv → a command → an exit code. Only this file knows commander.
import { writeSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import type { Lang, Said } from '../findings/diagnosis.ts'
import { printable } from '../report/printable.ts'
import { wrap } from '../report/width.ts'
import { nearest } from './did-you-mean.ts'
import { HELP, TITLES, USAGE_ERRORS } from './help-words.ts'
import { KUBECTL_FLAGS, noLiveCluster } from './live-cluster.ts'
import { OperatingError, type ExitCode } from './operating-error.ts'
import { commandName, langOf, type Rim } from './rim.ts'
import { VERSION } from './version.ts'

/** Commands of later versions: a word that will mean a command must not mean a name today. */
const RESERVED = ['check', 'next', 'fix', 'diff', 'probe', 'watch', 'collect', 'lab', 'ui', 'agent', 'mcp']
const COMMANDS = ['why', 'simulate', 'read', 'show', 'serve', 'explain', 'help']

export async function run(args: readonly string[], rim: Rim): Promise<ExitCode> {
  const lang = langFromArgs(args) ?? langOf(rim.env)
  let code: ExitCode = 0
  const program = build(lang, rim, ended => { code = ended })
  try {
    checkFirstWord(args, rim)
    await program.parseAsync(kubectlStyle(args), { from: 'user' })
    return code
  } catch (error) {
    return failed(error, lang, rim, [...new Set(program.commands.flatMap(command => command.options.flatMap(option => option.long ?? [])))])
  }
}

function build(lang: Lang, rim: Rim, end: (code: ExitCode) => void): Command {
  const t = (key: keyof typeof HELP): string => HELP[key][lang]
  const program = new Command(rim.calledAs)
  configure(program, lang, rim)
  program.description(t('program')).version(VERSION, '--version', t('version')).addHelpText('after', () => `\n${examples(rim.calledAs, lang)}\n\n${wrap(t('exits'), 100).join('\n')}`).helpCommand('help [command]', t('help'))
  const why = questionCommand(program.command('why', { isDefault: true }).description(t('why')), lang, rim)
  why.option('--oneline', t('oneline')).addOption(choice('--fail-on <level>', t('failOn'), ['error', 'warning', 'info', 'never'], 'error'))
  why.action(async (words: string[], options) => {
    const { why: ask } = await import('./why.ts')
    refuseLive(words, options)
    end(await ask(words, options, rim))
  })
  const simulate = questionCommand(program.command('simulate').description(t('simulate')), lang, rim)
  simulate.option('--for <time>', t('for'), '10m').option('--every <time>', t('every')).option('--rate <rate>', t('rate')).option('--seed <n>', t('seed'), '1')
  simulate.action(async (words: string[], options) => {
    const { simulate: simulated } = await import('./simulate.ts')
    refuseLive(words, options)
    end(await simulated(words, options, rim))
  })
  readCommand(program.command('read').description(t('read')), lang, rim, end)
  showCommand(program.command('show').description(t('show')), lang, rim, end)
  serveCommand(program.command('serve').description(t('serve')), lang, rim, end)
  const explain = program.command('explain').description(t('explain')).argument('[id]', t('id'))
  configure(explain, lang, rim)
  explain.addOption(choice('--lang <lang>', t('lang'), ['en', 'zh'], lang)).addOption(choice('--color <when>', t('color'), ['auto', 'always', 'never'], 'auto'))
  explain.action(async (id: string | undefined, options) => {
    const { explain: page } = await import('./explain.ts')
    end(page(id, options, rim))
  })
  return program
}

const choice = (flags: string, says: string, values: string[], otherwise: string): Option => new Option(flags, says).choices(values).default(otherwise)

/** Who asks what, from which evidence, printed how: the same for every command that answers a question. */
function questionCommand(command: Command, lang: Lang, rim: Rim): Command {
  const t = (key: keyof typeof HELP): string => HELP[key][lang]
  configure(command, lang, rim)
  command.argument('[names-and-files...]', t('names'))
    .option('--from <who>', t('from')).option('-n, --namespace <ns>', t('namespace')).option('--pod <name>', t('pod'))
    .option('--bundle <path>', t('bundle')).option('--type <list>', t('type')).option('--stub <kind>', t('stub'))
    .addOption(choice('-o, --output <how>', t('output'), ['text', 'wide', 'json'], 'text'))
    .addOption(choice('--lang <lang>', t('lang'), ['en', 'zh'], lang)).addOption(choice('--color <when>', t('color'), ['auto', 'always', 'never'], 'auto'))
    .option('-q, --quiet', t('quiet'))
  for (const flag of KUBECTL_FLAGS) command.addOption(new Option(flag).hideHelp())
  return command
}

function readCommand(command: Command, lang: Lang, rim: Rim, end: (code: ExitCode) => void): void {
  const t = (key: keyof typeof HELP): string => HELP[key][lang]
  configure(command, lang, rim)
  command.argument('[files...]', t('evidenceFiles')).option('--bundle <path>', t('bundle')).option('--name <pattern>', t('namePattern'))
    .addOption(choice('-o, --output <how>', t('output'), ['text', 'wide', 'json'], 'text')).addOption(choice('--fail-on <level>', t('failOn'), ['error', 'warning', 'info', 'never'], 'error'))
    .addOption(choice('--lang <lang>', t('lang'), ['en', 'zh'], lang)).addOption(choice('--color <when>', t('color'), ['auto', 'always', 'never'], 'auto'))
    .option('-q, --quiet', t('quiet'))
  command.action(async (files: string[], options) => {
    const { read } = await import('./read.ts')
    end(await read(files, options, rim))
  })
}

function showCommand(command: Command, lang: Lang, rim: Rim, end: (code: ExitCode) => void): void {
  const t = (key: keyof typeof HELP): string => HELP[key][lang]
  configure(command, lang, rim)
  command.argument('[what...]', t('shownWhat')).option('--bundle <path>', t('bundle')).addOption(choice('-o, --output <how>', t('output'), ['text', 'wide', 'json'], 'text'))
    .addOption(choice('--lang <lang>', t('lang'), ['en', 'zh'], lang)).addOption(choice('--color <when>', t('color'), ['auto', 'always', 'never'], 'auto')).option('-q, --quiet', t('quiet'))
  command.action(async (words: string[], options) => {
    const { show } = await import('./show.ts')
    end(await show(words, options, rim))
  })
}

function serveCommand(command: Command, lang: Lang, rim: Rim, end: (code: ExitCode) => void): void {
  const t = (key: keyof typeof HELP): string => HELP[key][lang]
  configure(command, lang, rim)
  command.option('--bundle <path>', t('bundle')).option('--node <name>', t('node')).option('--from <who>', t('from')).option('-n, --namespace <ns>', t('namespace'))
    .option('--corefile <file>', t('corefile')).option('--resolv-conf <file>', t('resolvConf')).option('--coredns <version>', t('coredns'))
    .option('--port <port>', t('port'), '5353').option('--address <ip>', t('address'), '127.0.0.1').option('--real-upstreams', t('realUpstreams')).option('-v, --verbose', t('verbose'))
    .addOption(choice('--lang <lang>', t('lang'), ['en', 'zh'], lang)).option('-q, --quiet', t('quiet'))
  for (const flag of KUBECTL_FLAGS) command.addOption(new Option(flag).hideHelp())
  command.action(async options => {
    const { serve } = await import('./serve.ts')
    end(await serve(options, rim))
  })
}

function refuseLive(words: readonly string[], options: Readonly<Record<string, unknown>>): void {
  if (words.length > 0 && options['bundle'] === undefined && KUBECTL_OPTIONS.some(name => options[name] !== undefined)) throw noLiveCluster()
}

const KUBECTL_OPTIONS = KUBECTL_FLAGS.map(flag => new Option(flag).attributeName())

function configure(command: Command, lang: Lang, rim: Rim): void {
  const title = (text: string): string => (lang === 'zh' ? TITLES[text] ?? text : text)
  command.exitOverride().helpOption('-h, --help', HELP.help[lang]).helpCommand(false).configureHelp({ styleTitle: title, helpWidth: 100, optionDescription: option => option.description })
    .configureOutput({ writeOut: rim.out, writeErr: () => {}, outputError: () => {} })
}

function examples(command: string, lang: Lang): string {
  const lines = [
    `${command} a.corp.example.com --bundle site.tgz --from shop/cart-7d9f`,
    `${command} why a.corp.example.com --bundle site/ --from node/edge-1 -o json`,
    `${command} simulate a.corp.example.com --bundle site.tgz --from shop/cart-7d9f --for 30m --every 4s`,
    `${command} read node.pcap.gz coredns.log --name '*.corp.example.com'`,
    `${command} serve --bundle site.tgz --node edge-1 --port 5353`,
    `${command} explain mixed-upstreams`,
  ]
  return [HELP.examples[lang], ...lines.map(line => `  ${line}`)].join('\n')
}

/** `-o=json` is pflag's; commander would take `=json` for the value. */
export function kubectlStyle(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  return args.map((arg, at) => (end >= 0 && at > end ? arg : arg.replace(/^(-[onsA-Z])=/, '$1')))
}

function langFromArgs(args: readonly string[]): Lang | undefined {
  const at = args.findIndex(arg => arg === '--lang' || arg.startsWith('--lang='))
  const value = args[at]?.startsWith('--lang=') === true ? args[at].slice('--lang='.length) : args[at + 1]
  return at >= 0 && (value === 'zh' || value === 'en') ? value : undefined
}

/** A first word without a dot may be a mistyped command; a name is never guessed away: `why` asks it. */
function checkFirstWord(args: readonly string[], rim: Rim): void {
  const [first] = args
  if (first === undefined || !/^[a-z-]+$/.test(first) || first.startsWith('-') || COMMANDS.includes(first)) return
  const asName: Said = { en: `to ask for a name: ${rim.calledAs} why ${first}`, zh: `若要查询域名：${rim.calledAs} why ${first}` }
  if (RESERVED.includes(first)) throw new OperatingError(2, { en: `this version has no command \`${first}\``, zh: `此版本没有 \`${first}\` 命令` }, [asName])
  const [near] = first.length < 3 ? [] : nearest(first, COMMANDS)
  if (near !== undefined) throw new OperatingError(2, { en: `there is no command \`${first}\`: did you mean \`${near}\`?`, zh: `没有 \`${first}\` 命令：您是不是要用 \`${near}\`？` }, [asName])
}

const ERROR_WORD: Said = { en: 'error: ', zh: '错误：' }

function failed(error: unknown, lang: Lang, rim: Rim, flags: readonly string[]): ExitCode {
  const say = (lines: readonly string[]): void => rim.err(lines.map(line => `${printable(line)}\n`).join(''))
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.helpDisplayed') return 0
    const [, quoted = ''] = /'([^']*)'/.exec(error.message) ?? []
    const message = USAGE_ERRORS[error.code]?.(quoted)[lang] ?? error.message.replace(/^error: /, '').split('\n')[0]
    const meant = quoted.startsWith('--') ? nearest(quoted.split('=')[0] as string, flags) : []
    say([
      `${ERROR_WORD[lang]}${message}`,
      ...(meant.length > 0 ? [lang === 'zh' ? `   = 您是不是要用 ${meant.join('、')}？` : `   = did you mean ${meant.join(', ')}?`] : []),
      lang === 'zh' ? `   = \`${rim.calledAs} why --help\` 列出全部选项` : `   = \`${rim.calledAs} why --help\` lists what there is`,
    ])
    return 2
  }
  if (rim.env['WHYDNS_DEBUG'] === '1') rim.err(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
  if (error instanceof OperatingError) {
    say([`${ERROR_WORD[lang]}${error.said[lang]}`, ...error.hints.map(hint => `   = ${hint[lang]}`)])
    return error.exitCode
  }
  const reason = error instanceof Error ? error.message : String(error)
  say(lang === 'zh' ? [`错误：whydns 自身出错：${reason}`, '   = 用 WHYDNS_DEBUG=1 重新运行可显示出错位置']
    : [`error: whydns itself failed: ${reason}`, '   = run it again with WHYDNS_DEBUG=1 to see where'])
  return 4
}

/** The real streams and environment. */
export async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // A reader that has seen enough (`| head`) is no error of ours.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw error
    })
  }
  const terminal = (stream: NodeJS.WriteStream): Rim['outTerminal'] => ({ isTty: stream.isTTY === true, columns: stream.columns ?? 80 })
  process.exitCode = await run(process.argv.slice(2), {
    out: text => void process.stdout.write(text),
    // Progress must be seen while the engine computes; a stream write may wait for the event loop.
    err: text => writeNow(2, text),
    env: process.env, outTerminal: terminal(process.stdout), errTerminal: terminal(process.stderr),
    calledAs: commandName(process.env['WHYDNS_CALLED_AS'] ?? process.argv[1]),
    readStdin: allOfStdin, stopped,
    diagnose: async (files, asked) => (await import('../diagnose.ts')).diagnose(files, asked),
    simulate: async (files, asked, settings) => (await import('../simulate.ts')).simulateLookups(files, asked, settings),
  })
}

const stopped = (): Promise<ExitCode> => new Promise(resolve => {
  process.once('SIGINT', () => resolve(130))
  process.once('SIGTERM', () => resolve(0))
})

const STDIN_LIMIT = 1024 * 1024 * 1024

/** Not read synchronously: a pipe on standard input may be non-blocking. Kept once: pieces that are joined at the end would be there twice. */
async function allOfStdin(): Promise<Uint8Array> {
  const store = new ArrayBuffer(0, { maxByteLength: STDIN_LIMIT })
  const bytes = new Uint8Array(store)
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    const at = store.byteLength
    if (at + piece.length > STDIN_LIMIT) throw new OperatingError(2, { en: `standard input is larger than ${STDIN_LIMIT} bytes`, zh: `标准输入超过 ${STDIN_LIMIT} 字节` })
    store.resize(at + piece.length)
    bytes.set(piece, at)
  }
  return bytes
}

function writeNow(fd: number, text: string): void {
  try {
    writeSync(fd, text)
  } catch {
    // stderr is closed, or a non-blocking one is full: nobody is there to read what is lost.
  }
}
