import { expect, test } from 'vitest'
import { refusalOf } from '../../../test/support/one-coredns.ts'

// Before 1.7 no set-up is checked word by word: the plugins themselves say what they do not take. The words are those of 1.7.
const refused = (lines: string, version = '1.6.9'): string => refusalOf(version, `. {\n ${lines}\n}\n`)
const argument = (word: string): string => `Error during parsing: Wrong argument count or unexpected line ending after '${word}'`
const servers = (count: number): string => Array.from({ length: count }, (_, i) => `10.0.0.${i}`).join(' ')

test.each([
  ['cache 0', 'cache TTL can not be zero or negative: 0'], ['cache -5', 'cache TTL can not be zero or negative: -5'], ['cache 1', ''], ['cache {\n nope\n }', argument('nope')],
  ['cache {\n keepttl\n }', argument('keepttl')], ['cache {\n servfail 1s\n }', argument('servfail')], ['cache {\n disable success\n }', argument('disable')],
  ['cache {\n success 5 5 5\n denial 5\n prefetch 1\n serve_stale\n }', ''],
])('cache refuses %j: %s', (line, text) => {
  expect(refused(line)).toBe(text && `plugin/cache: ${text}`)
})

test.each([
  ['forward', argument('forward')], ['forward .', argument('.')], ['forward . nofile', 'not an IP address or file: "nofile"'],
  ['forward . 10.0.0.1 {\n nope\n }', 'Error during parsing: unknown property \'nope\''], ['forward . 10.0.0.1 {\n next NXDOMAIN\n }', 'Error during parsing: unknown property \'next\''],
  ['forward . 10.0.0.1 {\n max_fails x\n }', 'strconv.Atoi: parsing "x": invalid syntax'], ['forward . 10.0.0.1 {\n max_fails -1\n }', 'max_fails can\'t be negative: -1'],
  ['forward . 10.0.0.1 {\n max_concurrent\n }', 'strconv.Atoi: parsing "": invalid syntax'], ['forward . 10.0.0.1 {\n max_concurrent -2\n }', 'max_concurrent can\'t be negative: -2'],
  ['forward . 10.0.0.1 {\n max_fails 0\n max_concurrent 0\n expire 1s\n health_check 1s\n except a b\n force_tcp\n prefer_udp\n policy random\n }', ''],
  ['forward . 10.0.0.1 {\n expire 5\n }', 'time: missing unit in duration "5"'], ['forward . 10.0.0.1 {\n health_check x\n }', 'time: invalid duration "x"'],
  ['forward . 10.0.0.1 {\n policy odd\n }', 'Error during parsing: unknown policy \'odd\''], ['forward . 10.0.0.1 {\n policy first\n }', 'Error during parsing: unknown policy \'first\''],
  ['forward . 10.0.0.1\n forward . 10.0.0.2', 'this plugin can only be used once per Server Block'],
  [`forward . ${servers(15)}`, ''], [`forward . ${servers(16)}`, 'more than 15 TOs configured: 16'],
])('forward refuses %j: %s', (line, text) => {
  expect(refused(line)).toBe(text && `plugin/forward: ${text}`)
})

test.each([
  ['ttl', 'ttl needs a time in second'], ['ttl x', 'ttl needs a number of second'], ['ttl 0', 'ttl provided is invalid'], ['ttl 65536', 'ttl provided is invalid'],
  ['reload', 'reload needs a duration (zero seconds to disable)'], ['reload x', 'invalid duration for reload \'x\''], ['reload -1s', 'invalid negative duration for reload \'-1s\''],
  ['fallthrough\n x', 'unknown property \'x\''], ['ttl 65535\n reload 0\n no_reverse\n 10.0.0.1 a\n fallthrough', ''],
])('hosts refuses %j: %s', (line, text) => {
  expect(refused(`hosts f {\n ${line}\n }`)).toBe(text && `plugin/hosts: Error during parsing: ${text}`)
})

test.each([
  ['acl {\n odd\n }', 'acl: Error during parsing: unexpected token "odd"; expect \'allow\', \'block\', or \'filter\''],
  ['acl {\n block type\n }', 'acl: Error during parsing: no token specified in "type" section'], ['acl {\n block net 10.0.0.0/33\n }', 'acl: Error during parsing: illegal CIDR notation "10.0.0.0/33"'],
  ['acl {\n block net fd00::1\n }', ''], ['log {\n class odd\n }', 'log: invalid Class: odd'], ['log {\n class denial error success all\n }', ''],
  ['bufsize 511', `bufsize: plugin/bufsize: ${argument('511')}`], ['bufsize 4097', `bufsize: plugin/bufsize: ${argument('4097')}`], ['bufsize x', `bufsize: plugin/bufsize: ${argument('x')}`],
  ['bufsize 512', ''], ['bufsize 4096', ''], ['loadbalance odd', 'loadbalance: unknown policy: odd'], ['loadbalance round_robin', ''],
  ['autopath', 'autopath: no resolv-conf specified'], ['autopath @whoami\n whoami', 'autopath: whoami does not implement the AutoPather interface'], ['autopath @erratic\n erratic', ''],
])('%j is refused: %s', (line, text) => {
  expect(refused(line)).toBe(text && `plugin/${text}`)
})
