// Which cells nobody reads again once a candidate of a search list is done (rule 9): caches key their entries by the name that
// was asked, and a stub asks each name of its list once. An ExternalName that leads back to an earlier candidate would be asked
// anew instead of being found; no cache answers differently for it.
import { nameKey } from '../dns/name.ts'

/** Cells are spelled `<cache> <name> <type>…`; what is unknown about a server (`view …`) stays. */
export const isCellOf = (name: string, key: string, type = ''): boolean => !key.startsWith('view ') && key.includes(` ${nameKey(name)} ${type}`)
