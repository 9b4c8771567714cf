import { Address, bigIntToBytes, concatBytes, setLengthLeft } from '@ethereumjs/util'
import { publicKeyToAddress, recoverPublicKey } from '../crypto/secp256k1.ts'
import type { NetworkTransaction } from '../protocol/networkTransaction.ts'
import { decodeNetworkTransaction } from '../protocol/networkTransactionCodec.ts'
import { refuseNetworkTransaction } from '../protocol/networkTransactionErrors.ts'
import type { RecoverSigner } from '../protocol/networkTransactionFields.ts'

/** Who signed a network transaction, by the same code that recovers the senders of ordinary ones. */
export const recoverNetworkSender: RecoverSigner = (signed) => {
  const signature = concatBytes(word(signed.r), word(signed.s))
  try {
    const key = recoverPublicKey(signed.getHashedMessageToSign(), signature, Number(signed.yParity))
    return new Address(publicKeyToAddress(key))
  } catch (cause) {
    return refuseNetworkTransaction('BAD_SIGNATURE', 'no key gives its signature', cause)
  }
}

/** Reads a network transaction that knows its sender fast; throws `NetworkTransactionError`. */
export const readNetworkTransaction = (bytes: Uint8Array): NetworkTransaction =>
  decodeNetworkTransaction(bytes, recoverNetworkSender)

const word = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32)
