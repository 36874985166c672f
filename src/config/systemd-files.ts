// Which of several files systemd reads: the same base name in /etc hides /run, that hides /usr/local/lib, /usr/lib and /lib
// (systemd.unit(5)
// "drop-in" rules; conf_files_list in src/basic/conf-files.c). An empty file hides too. What a link to /dev/null hides cannot be seen here.
import type { NodeFile } from './netplan.ts'

const ROOTS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib']

export interface FoundFile extends NodeFile { readonly path: string; readonly name: string }

/** Files `<root>/<folder>/*<ending>` in the order in which systemd reads them: by base name, whatever the folder. */
export function systemdFiles(files: ReadonlyMap<string, NodeFile>, folder: string, ending: string): readonly FoundFile[] {
  const byName = new Map<string, FoundFile>()
  for (const root of ROOTS) {
    const prefix = `${root}/${folder}/`
    for (const [path, file] of files) {
      const name = path.startsWith(prefix) ? path.slice(prefix.length) : ''
      if (name !== '' && !name.includes('/') && name.endsWith(ending) && !byName.has(name)) byName.set(name, { ...file, path, name })
    }
  }
  return [...byName.values()].filter(found => found.text.trim() !== '').sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A main file (`systemd/resolved.conf`) and then its drop-ins. */
export function mainAndDropIns(files: ReadonlyMap<string, NodeFile>, name: string): readonly FoundFile[] {
  const path = ROOTS.map(root => `${root}/${name}`).find(candidate => files.has(candidate))
  const main = path === undefined ? [] : [{ ...(files.get(path) as NodeFile), path, name }]
  return [...main, ...systemdFiles(files, `${name}.d`, '.conf')]
}
