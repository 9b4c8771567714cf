import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, utf8ToBytes } from '@ethereumjs/util'
import type { SigningChain } from '../../protocol/domain.ts'
import { createMemoryStore, type KeyValueStore } from '../../util/keyValueStore.ts'
import { openLevelStore } from '../../util/levelStore.ts'
import { StorageError } from '../errors.ts'
import { type Disk, openDisk } from './disk.ts'

/** Where a farmer keeps what it has. */
export interface DataDirectory {
  metadata: KeyValueStore
  disk: Disk
  /** For libp2p's own database; undefined keeps it in memory. */
  peersDirectory: string | undefined
  close(): Promise<void>
}

/**
 * Opens a farmer's directory, for one chain only. Without a directory replicas lie in a temporary one until the
 * farmer stops, and everything else in memory. Throws `StorageError` `WRONG_CHAIN`, `StoreError`.
 */
export async function openDataDirectory(
  directory: string | undefined,
  chain: SigningChain,
): Promise<DataDirectory> {
  if (directory === undefined) return await openTemporary()
  await mkdir(directory, { recursive: true })
  const metadata = await openLevelStore(join(directory, 'metadata'))
  try {
    await expectChain(metadata, directory, chain)
    const disk = await openDisk({ directory: join(directory, 'replicas'), isDurable: true })
    const close = (): Promise<void> => metadata.close()
    return { metadata, disk, peersDirectory: join(directory, 'peers'), close }
  } catch (error) {
    await metadata.close()
    throw error
  }
}

async function openTemporary(): Promise<DataDirectory> {
  await removeLeftBehind()
  const directory = await mkdtemp(join(tmpdir(), `${TEMPORARY}${process.pid}-`))
  return {
    metadata: createMemoryStore(),
    disk: await openDisk({ directory, isDurable: false }),
    peersDirectory: undefined,
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

const TEMPORARY = 'genaro-farmer-'

/** A process that is killed cannot remove its own; the next one does. */
async function removeLeftBehind(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = new RegExp(`^${TEMPORARY}(\\d+)-`).exec(name) ?? []
    if (pid === undefined || isRunning(Number(pid))) continue
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {})
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // A process of somebody else is there too.
    return (error as { code?: string }).code === 'EPERM'
  }
}

const CHAIN_KEY = utf8ToBytes('chain')

/** Replicas of another chain would look abandoned, and be removed. */
async function expectChain(
  metadata: KeyValueStore,
  directory: string,
  { chainId, genesisHash }: SigningChain,
): Promise<void> {
  const name = `${chainId}/${bytesToHex(genesisHash)}`
  const known = metadata.get(CHAIN_KEY)
  if (known === undefined)
    return await metadata.write([{ key: CHAIN_KEY, value: utf8ToBytes(name) }])
  if (new TextDecoder().decode(known) === name) return
  throw new StorageError('WRONG_CHAIN', {
    message: `The data directory ${directory} belongs to another chain than chain ${chainId}`,
    hint: 'Choose another --data-dir, or pass the node of its own chain with --rpc.',
    facts: { directory, chainId },
  })
}
