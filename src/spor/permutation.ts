import type { CTRCipher } from '../crypto/cipher.ts'
import type { ReplicaWindow } from '../protocol/replicaLayout.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'

/**
 * The secret order of a window (YP 4.3, step 4): element s is the place inside the window where its slot s goes.
 * Slots are its coded leaves in order, then its sentinels. Every order is equally likely: a Fisher–Yates
 * shuffle whose choices come from the keystream of this window, without the bias of a remainder.
 */
export async function windowPermutation(
  { permutation }: Pick<ReplicaSecrets, 'permutation'>,
  { index, leaves }: Pick<ReplicaWindow, 'index' | 'leaves'>,
): Promise<Uint16Array> {
  const places = Uint16Array.from({ length: leaves }, (_, slot) => slot)
  const words = createWordReader(permutation, index)
  for (let last = leaves - 1; last > 0; last--) {
    let choice: number
    do choice = words.next() ?? (await words.refill())
    while (isBiased(choice, last + 1))
    const other = choice % (last + 1)
    const place = places[last]!
    places[last] = places[other]!
    places[other] = place
  }
  return places
}

/** Whether a word is among the topmost ones that do not divide evenly into `choices`. */
const isBiased = (word: number, choices: number): boolean => word >= WORDS - (WORDS % choices)

const WORDS = 2 ** 32
const BATCH_WORDS = 1_024
const BATCH_BYTES = 4 * BATCH_WORDS

/** Words of 32 bits, big-endian, from the keystream that belongs to one window. */
function createWordReader(cipher: CTRCipher, stream: number) {
  let words: DataView = new DataView(new ArrayBuffer(0))
  let at = 0
  let block = 0
  const next = (): number | undefined => {
    if (at === words.byteLength) return undefined
    at += 4
    return words.getUint32(at - 4)
  }
  return {
    next,
    async refill(): Promise<number> {
      const bytes = await cipher.apply({ stream, block }, new Uint8Array(BATCH_BYTES))
      words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      block += BATCH_BYTES / 16
      at = 0
      return next()!
    },
  }
}
