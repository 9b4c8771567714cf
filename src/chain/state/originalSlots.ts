import { copyStorageLayer, type StorageLayer } from './storageLayer.ts'

/**
 * What slots held when the current transaction began (EIP-2200's original value). The first write to a slot
 * notes its value and the first clearing of an account's storage notes all of it, so the answer is right
 * however much was written before anybody asks. Reverts change nothing here.
 */
export interface OriginalSlots {
  beforeWrite(address: string, slot: string, read: () => Uint8Array): void
  beforeClear(address: string, layer: StorageLayer): void
  /** The value noted for a slot, if any. */
  value(address: string, slot: string): Uint8Array | undefined
  /** The storage noted for an account, if any; it counts for slots without a noted value. */
  layer(address: string): StorageLayer | undefined
  /** Begins the next transaction. */
  clear(): void
}

export function createOriginalSlots(): OriginalSlots {
  const values = new Map<string, Map<string, Uint8Array>>()
  const layers = new Map<string, StorageLayer>()

  return {
    beforeWrite(address, slot, read) {
      if (layers.has(address)) return
      let slots = values.get(address)
      if (slots === undefined) {
        slots = new Map()
        values.set(address, slots)
      }
      if (!slots.has(slot)) slots.set(slot, read())
    },
    beforeClear(address, layer) {
      // A copy: after a revert the layer is written again.
      if (!layers.has(address)) layers.set(address, copyStorageLayer(layer))
    },
    value: (address, slot) => values.get(address)?.get(slot),
    layer: (address) => layers.get(address),
    clear() {
      values.clear()
      layers.clear()
    },
  }
}
