import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { publicKeyToAddress, recoverPublicKey } from '../../crypto/secp256k1.ts'

/** r, s and v as the contracts take them. */
const SIGNATURE = /^0x[0-9a-f]{128}(1b|1c)$/i

/** Half the order of secp256k1: the contracts take only the lower s (EIP-2). */
const MAX_S = BigInt('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')

/**
 * Whether an account signed 32 bytes, by the contracts' rules; false for anything malformed. ethers would take
 * twenty times as long, and there is one receipt for every half megabyte.
 */
export function isSignedBy(account: string, digest: Uint8Array, signature: string): boolean {
  if (!SIGNATURE.test(signature) || BigInt(`0x${signature.slice(66, 130)}`) > MAX_S) return false
  const bytes = hexToBytes(signature as `0x${string}`)
  try {
    const publicKey = recoverPublicKey(digest, bytes.subarray(0, 64), bytes[64]! - 27)
    return bytesToHex(publicKeyToAddress(publicKey)) === account.toLowerCase()
  } catch {
    return false
  }
}
