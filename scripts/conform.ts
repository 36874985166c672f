// npm run conform: new cases on the real programs and on the hops (docs/conform.md).
//
//   node scripts/conform.ts [--cases 2000] [--seed 1] [--only PART[@VERSION]] [--plugins cache,forward] [--show FINGERPRINT] [--case ID]
//                           [--rows-out FILE] [--coverage] [--lanes 48]
//
// Exit 0: no difference, or nothing could be run (it says so); 1: a difference; 2: wrong usage.
import { conformMain } from '../test/conform/command.ts'

process.exitCode = await conformMain(process.argv.slice(2), line => void process.stdout.write(`${line}\n`))
