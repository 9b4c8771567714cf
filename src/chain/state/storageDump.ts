import type { StorageDump, StorageRange } from '@ethereumjs/common'
import { bytesToHex } from '@ethereumjs/util'
import { StateError } from './stateError.ts'
import type { StateLayer } from './stateLayer.ts'
import { storageTrie } from './storageLayer.ts'
import { entriesFrom } from './trieWalk.ts'

const PATH_DIGITS = 64

/** All slots of an account by the hash of their key, values as RLP, both as hexadecimal. */
export function dumpSlots(layer: StateLayer, address: string): StorageDump {
  const dump: StorageDump = {}
  for (const [path, value] of slotsFrom(layer, address, '')) dump[`0x${path}`] = bytesToHex(value)
  return dump
}

/** At most `limit` slots whose hashed keys are `start` or larger, and the hashed key that comes next. */
export function rangeOfSlots(
  layer: StateLayer,
  address: string,
  start: bigint,
  limit: number,
): StorageRange {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new StateError('BAD_SLOT', {
      message: `A number of slots must be 0 or more, got ${limit}`,
    })
  }
  const storage: StorageRange['storage'] = {}
  let count = 0
  for (const [path, value] of slotsFrom(
    layer,
    address,
    start.toString(16).padStart(PATH_DIGITS, '0'),
  )) {
    if (count++ === limit) return { storage, nextKey: `0x${path}` }
    storage[`0x${path}`] = { key: null, value: bytesToHex(value) }
  }
  return { storage, nextKey: null }
}

const slotsFrom = (layer: StateLayer, address: string, from: string) =>
  entriesFrom(layer.load, storageTrie(layer.slots, layer.storage(address)), from)
