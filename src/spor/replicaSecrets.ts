import type { CipherEngine, CTRCipher } from '../crypto/cipher.ts'
import { platformEngine } from '../crypto/cipherEngine.ts'
import { deriveKey, type KeyPurpose, type ReplicaKeys } from '../crypto/keys.ts'
import { SporError } from './errors.ts'

/** Which replica: a shard, the farmer it is sealed for, and a nonce that no two replicas share. */
export interface ReplicaIdentity {
  /** 32 bytes, see protocol/replicaId.ts. */
  shardId: Uint8Array
  /** The farmer's address, 20 bytes. */
  farmer: Uint8Array
  /** 32 random bytes. */
  nonce: Uint8Array
}

/** The three keystreams of one replica. They are secret: with them its bytes can be made anew. */
export interface ReplicaSecrets {
  /** Hides the coded leaves. */
  seal: CTRCipher
  /** Chooses the order inside windows. */
  permutation: CTRCipher
  /** Is the sentinels. */
  sentinel: CTRCipher
}

/**
 * Makes the keystreams from the keys of a file version. Another farmer or nonce gives unrelated ones, so no farmer
 * can answer with another's bytes. Throws SporError BAD_IDENTITY on wrong lengths.
 */
export async function createReplicaSecrets(
  keys: ReplicaKeys,
  identity: ReplicaIdentity,
  engine: CipherEngine = platformEngine(),
): Promise<ReplicaSecrets> {
  const { shardId, farmer, nonce } = identity
  if (shardId.length !== 32 || farmer.length !== 20 || nonce.length !== SEAL_NONCE_BYTES) {
    throw new SporError('BAD_IDENTITY', {
      message: `A replica is known by 32, 20 and ${SEAL_NONCE_BYTES} bytes, got ${shardId.length}, ${farmer.length} and ${nonce.length}`,
    })
  }
  const cipher = (key: Uint8Array, purpose: KeyPurpose): Promise<CTRCipher> =>
    engine.ctr(deriveKey(key, purpose, shardId, farmer, nonce))
  return {
    seal: await cipher(keys.sealKey, 'seal'),
    permutation: await cipher(keys.permutationKey, 'permutation'),
    sentinel: await cipher(keys.sentinelKey, 'sentinel'),
  }
}

export const SEAL_NONCE_BYTES = 32
