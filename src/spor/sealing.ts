import { AES_BLOCK_BYTES } from '../crypto/cipher.ts'
import { LEAF_BYTES } from '../protocol/replicaLayout.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'

/**
 * Seals coded leaves that follow each other, or unseals them: AES-256-CTR whose counter is the place among the
 * coded leaves, so that each leaf can be opened in isolation (YP 4.3, step 2).
 */
export const sealLeaves = (
  { seal }: Pick<ReplicaSecrets, 'seal'>,
  firstCodedLeaf: number,
  leaves: Uint8Array,
): Promise<Uint8Array> => seal.apply({ block: firstCodedLeaf * BLOCKS_PER_LEAF }, leaves)

/** Cipher blocks of a leaf. */
export const BLOCKS_PER_LEAF = LEAF_BYTES / AES_BLOCK_BYTES
