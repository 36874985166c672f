// Uses of `view`: expressions over the question and who asks (plugin/view/, pkg/expression). The block ahead of another with the same key has one.
import type { PluginCases, World } from '../world.ts'

const EXPRESSIONS = [
  "incidr(client_ip(), '127.0.0.0/30')", "incidr(client_ip(), '127.0.0.2/32') or type() == 'MX'", "name() matches '^a'", "name() == 'a.test.'", "name() endsWith 'sub.test.'", "name() startsWith 'w'",
  "name() contains 'sub'", "type() in ['A', 'AAAA']", "type() == 'TXT'", "not (type() == 'A')", "proto() == 'tcp'", "class() == 'IN' and name() endsWith 'test.'", 'do()', 'bufsize() > 1000', 'size() < 40',
  "server_ip() == '127.0.0.1'", "server_port() == '53'", 'opcode() == 0', 'len(name()) > 7', 'true', 'false', '1 < 2', "type() == 'A' ? true : false",
] as const

export const view: PluginCases = {
  plugin: 'view', since: [1, 10, 0],
  // Only where generate.ts asks for it: a block alone behind a view leaves questions to nobody.
  share: 0,
  write: (world: World) => {
    world.looksAtClient = true
    const some = Array.from({ length: world.dice.of([1, 1, 2]) }, () => ` expr ${world.dice.of(EXPRESSIONS)}\n`)
    return `view v${world.dice.below(100)} {\n${some.join('')}}`
  },
}
