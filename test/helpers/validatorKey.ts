import { type Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import * as bls from '../../src/crypto/bls.ts'
import type { ContractBench } from './contractBench.ts'

/** A BLS key for tests, by number: its public key in EIP-2537's form, and how it proves possession. */
export function createTestKey(number: number) {
  const secret = bls.secretKeyFromSeed(new Uint8Array(32).fill(number))
  const publicKey = bls.publicKeyToEIP2537(bls.publicKey(secret))
  const prove = (message: Uint8Array): Uint8Array =>
    bls.signatureToEIP2537(bls.provePossession(message, secret))
  return {
    publicKey,
    prove,
    /** A proof with another domain separation tag. */
    proveUnder(message: Uint8Array, tag: string): Uint8Array {
      const { longSignatures } = bls12_381
      const point = longSignatures.sign(longSignatures.hash(message, tag), secret)
      return bls.signatureToEIP2537(longSignatures.Signature.toBytes(point))
    },
    /** The proof that `registerKey` asks of an account. */
    async proveFor(bench: ContractBench, owner: Address): Promise<Uint8Array> {
      const message = await bench.view('Staking', 'proofMessage', owner, publicKey)
      return prove(hexToBytes(message as PrefixedHexString))
    },
  }
}
