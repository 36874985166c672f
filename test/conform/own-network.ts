// A network and mounts of our own, where root may have them: ports 53 are free, nothing leads out, and /etc/resolv.conf is the recordings'.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const INSIDE = 'WHYDNS_CONFORM_NETWORK'

/** The address that the recorded machines had in their resolv.conf. */
const RESOLV_CONF = 'nameserver 10.255.255.53\n'
/** Of the CoreDNS pod in the recordings of the kubernetes plugin. */
const POD_ADDRESS = '10.244.0.53/32'

export const isInOwnNetwork = (): boolean => process.env[INSIDE] !== undefined

/** Runs this process again inside; its exit code, or undefined where that cannot be had. */
export function enterOwnNetwork(): number | undefined {
  if (process.getuid?.() !== 0 || isInOwnNetwork()) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'conform-network-'))
  try {
    const file = join(folder, 'resolv.conf')
    writeFileSync(file, RESOLV_CONF)
    const setUp = `ip link set lo up && ip addr add ${POD_ADDRESS} dev lo && mount --bind ${file} /etc/resolv.conf`
    if (spawnSync('unshare', ['-n', '-m', 'sh', '-c', setUp]).status !== 0) return undefined
    const inside = spawnSync('unshare', ['-n', '-m', 'sh', '-c', `${setUp} && exec "$@"`, 'sh', process.execPath, ...process.argv.slice(1)], {
      stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' },
    })
    return inside.status ?? 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
