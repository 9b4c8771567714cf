import { mkdir } from 'node:fs/promises'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import type { Libp2pOptions } from 'libp2p'
import { errorMessage } from '../util/errors.ts'
import { P2PError } from './errors.ts'

/** libp2p's own key-value interface: peers, addresses and DHT records. */
export type Datastore = NonNullable<Libp2pOptions['datastore']>

export interface HostDatastore {
  datastore: Datastore
  close(): Promise<void>
}

/** Opens the datastore in a directory, or one in memory. Throws `P2PError` `BAD_DATASTORE`. */
export async function openDatastore(directory: string | undefined): Promise<HostDatastore> {
  if (directory === undefined) return { datastore: new MemoryDatastore(), close: async () => {} }
  const datastore = new LevelDatastore(directory)
  try {
    await mkdir(directory, { recursive: true })
    await datastore.open()
  } catch (cause) {
    throw new P2PError('BAD_DATASTORE', {
      message: `The peer database ${directory} cannot be opened: ${errorMessage(cause)}`,
      hint: 'Stop the other process that uses it, or choose another directory.',
      facts: { directory },
      cause,
    })
  }
  return { datastore, close: () => datastore.close() }
}
