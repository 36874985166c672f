// coredns/caddy's onevent and go-shlex: which commands `on` takes, and what the start prints of them.
import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import { refusalOf } from '../../../test/support/one-coredns.ts'
import { corednsHops } from './server.ts'

const corefile = (line: string): string => `. {\n on ${line}\n whoami\n}\n`
function printed(line: string): readonly string[] {
  const { value } = readCorefile('Corefile', corefile(line), { env: new Map() })
  const kubernetes = { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }
  const { setup } = corednsHops({ pod: '-', node: '-', addresses: [], version: '1.11.3', corefile: value, files: new Map(), resolvConf: undefined, hostNetwork: false, kubernetes }, address => address)
  return setup.printedAtStart.map(text => text.replace('[INFO] ', '').replace(' with ID ', ''))
}

test.each([
  ['startup /bin/echo a b', 'Blocking Command "/bin/echo a b"'], ['startup /bin/echo a b &', 'Nonblocking Command "/bin/echo a b"'], ['startup /bin/echo &', 'Nonblocking Command "/bin/echo "'], ['startup /bin/echo a & b', 'Blocking Command "/bin/echo a & b"'],
  ["startup /bin/echo 'a b' c", 'Blocking Command "/bin/echo a b c"'], ['STARTUP /bin/echo', 'Blocking Command "/bin/echo "'], ['startup "a#b"', 'Blocking Command "a#b "'],
  ['startup "a\\#b"', 'Blocking Command "a#b "'], ["startup a\\'b c", 'Blocking Command "a\'b c"'],
])('%s prints %s', (line, text) => {
  expect(printed(line)).toEqual([text])
})

test('of other events nothing is printed', () => {
  expect([printed('shutdown /bin/echo'), printed('certrenew /bin/echo')]).toEqual([[], []])
})

test.each([
  ['startup', "no command contained in ''"], ['startup "#a"', "no command contained in '#a'"], ['startup a\\', 'EOF found after escape character'], ["startup 'a", 'EOF found when expecting closing quote.'], ['startup é', 'Unknown rune: 233'], ['startup aé', 'Uknown rune: 233'],
  ['startup a\\é', 'Uknown rune: 233'], ['begin a', "Wrong event name or event not supported: 'begin'"], ['', 'Wrong argument count'],
])('`on %s` is refused: %s', (line, text) => {
  expect(refusalOf('1.11.3', corefile(line))).toContain(text)
})
