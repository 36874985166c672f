// The lines of CoreDNS that are no query lines: `errors` plugin, start-up, loop, kubernetes, reload (specs: coremain/run.go, plugin/errors,
// plugin/loop, plugin/kubernetes, plugin/ready, plugin/reload; client-go's klog lines), 1.0 to 1.15.
import type { ServerError, ServerEventKind } from './observation.ts'
import { formatServer } from '../dns/socket-address.ts'
import { serverAddress } from './server-address.ts'

export type ErrorLine = Pick<ServerError, 'name' | 'type' | 'text' | 'failure'> & { readonly rcode: number; readonly upstream?: string }
export interface EventLine {
  readonly event: ServerEventKind
  readonly value?: string
}

// `[ERROR] plugin/errors: 2 name. A: text`, before 1.3 `[ERROR] 2 name. A: text`, in 1.0 `[ERROR 2 name. A] text`.
const ERROR = /\[ERROR\] (?:plugin\/errors: )?(\d{1,4}) (\S{1,1100}) (\S{1,16}): (.*)$/
const OLD_ERROR = /\[ERROR (\d{1,4}) (\S{1,1100}) ([A-Z0-9]{1,16})\] (.*)$/

function failureOf(text: string): ServerError['failure'] {
  if (/i\/o timeout|deadline exceeded/.test(text)) return 'timeout'
  if (/connection refused|REFUSED/.test(text)) return 'refused'
  if (/unreachable(?! backend)|no route to host|not permitted|no healthy proxies|no upstream host/.test(text)) return 'unreachable'
  return /loop/i.test(text) && !/no next plugin/.test(text) ? 'loop' : 'other'
}

/** The upstream a Go network error names: `read udp a:p->b:53: …`, `dial tcp b:53: …`. */
export function upstreamOf(text: string): string | undefined {
  const arrow = /->(\[?[0-9A-Fa-f.:%\w]{2,60}\]?:\d{1,5}): /.exec(text)
    ?? /\bdial (?:udp|tcp)\d? (\[?[0-9A-Fa-f.:%\w]{2,60}\]?:\d{1,5}): /.exec(text)
  const known = arrow && serverAddress(arrow[1] as string)
  return known ? formatServer(known) : undefined
}

export function errorLine(line: string): ErrorLine | undefined {
  const at = line.indexOf('[ERROR')
  if (at < 0) return undefined
  const match = ERROR.exec(line.slice(at)) ?? OLD_ERROR.exec(line.slice(at))
  if (!match) return undefined
  const text = match[4] as string
  const upstream = upstreamOf(text)
  return { rcode: Number(match[1]), name: match[2] as string, type: match[3] as string, text, failure: failureOf(text),
    ...(upstream !== undefined && { upstream }) }
}

type Rule = readonly [event: ServerEventKind, sign: string, value?: RegExp]

/** In order; `sign` is looked for first, because most lines have none of them. */
const RULES: readonly Rule[] = [
  ['loop-detected', 'loop detected', /"((?:[A-Z0-9]{1,16} )(?:IN )?\S{1,300})"/],
  ['loop-detected', ' detected for zone ', /Query: "([^"]{1,320})"/],
  ['loop-detected', 'orwarding loop', /"([^"]{1,320})"/],
  ['waiting-for-kubernetes', 'waiting for Kubernetes API'],
  ['waiting-for-kubernetes', 'Still waiting on: ', /on: "([^"]{1,200})"/],
  ['waiting-for-kubernetes', 'Plugins not ready: ', /ready: "([^"]{1,200})"/],
  ['unsynced-kubernetes', 'unsynced Kubernetes API'],
  ['api-forbidden', ' is forbidden: User ', /([a-z0-9.-]{1,100}) is forbidden/],
  ['api-forbidden', 'Unauthorized'],
  ['no-nameservers', 'no nameservers found'],
  ['no-nameservers', 'not an IP address or file', /file: "([^"]{1,200})"/],
  ['corefile-error', 'Error during parsing', /parsing: (.{1,200})/],
  ['corefile-error', 'parse failed', /failed: (.{1,200})/],
  ['corefile-error', 'reload failed', /failed: (.{1,200})/],
  ['corefile-error', 'nknown directive', /nknown directive '?([^' ]{1,100})/],
  ['corefile-error', 'can only be used once per Server Block', /'?(\w{1,40})'? can only/],
  ['consolidated-errors', ' errors like \'', /(\d{1,9}) errors like/],
  ['reload', 'Running configuration ', /= ([0-9a-f]{8,128})/],
  ['reload', 'Reloading'],
  ['stopping', 'Shutting down servers'],
  ['api-unreachable', 'Failed to watch', /Failed to watch \*?(\S{1,100}?):/],
  ['api-unreachable', 'Failed to list', /Failed to list \*?(\S{1,100}?):/],
  ['api-unreachable', 'ailed to list *', /ailed to list \*?(\S{1,100}?):/],
]

const VERSION = /(?:^|\s)CoreDNS-v?(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?(?:-[\w.]{1,20})?)\s*$/
const ZONE = /^(?:[a-z+]{1,8}:\/\/)?[^\s"=]{0,255}\.?:\d{1,5}(?: on \S{1,64})?$/

/** undefined: a line that states nothing known. */
export function eventLine(line: string): EventLine | undefined {
  const version = VERSION.exec(line.length < 200 ? line : '')
  if (version) return { event: 'version', value: version[1] as string }
  for (const [event, sign, value] of RULES) {
    if (!line.includes(sign)) continue
    const found = value?.exec(line)?.[1]
    return { event, ...(found !== undefined && { value: found }) }
  }
  return undefined
}

/** `.:53`, `cluster.local.:53 on 169.254.20.10`: what is left of a line after its time stamp. */
export const zoneLine = (rest: string): EventLine | undefined => (ZONE.test(rest) ? { event: 'started', value: rest } : undefined)

/** Start-up lines that state nothing of use: the platform, GOMAXPROCS, the tag only. */
export const isChatter = (rest: string): boolean =>
  rest === '' || /^(?:\[INFO\] )?[a-z0-9]{2,12}\/[a-z0-9]{2,12}, go1\.[\w.]{1,12}, ?[0-9a-f]{0,40}(?:-dirty)?$/.test(rest)
    || rest.startsWith('maxprocs: ')

/** A line with CoreDNS' level tag, or client-go's: known to be CoreDNS', even when what it says is not. */
export const isTagged = (line: string): boolean => /\[(?:INFO|WARNING|ERROR|FATAL|DEBUG|PANIC)\]|\bplugin\/[a-z]/.test(line)
  || /(?:^|\s)[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} /.test(line)
