import type { Block, BlockHeader } from '@ethereumjs/block'
import { type Address, bytesToHex, equalsBytes, hexToBytes } from '@ethereumjs/util'
import { verify as verifyBLS } from '../../crypto/bls.ts'
import { publicKeyToAddress, recoverPublicKey } from '../../crypto/secp256k1.ts'
import type { SigningChain } from '../../protocol/domain.ts'
import type { Validator } from '../../protocol/genesis.ts'
import { decodeHeaderExtra } from '../../protocol/header.ts'
import { epochOfSlot, type Network } from '../../protocol/networks.ts'
import { mixReveal, revealHash, type Seal, sealHash } from '../../protocol/seal.ts'
import { ChainError } from '../errors.ts'

export interface SealContext {
  network: Network
  signingChain: SigningChain
  parent: BlockHeader
  proposer: Validator
  /** Whom the proposer registered to be paid instead of itself. */
  payee: Address | undefined
}

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/**
 * Checks that a block was sealed by whose turn it was: signature, beacon reveal, the mix made from it,
 * and that the fees go to the signer or its payee (SPEC 5).
 */
export function checkSeal(
  { network, signingChain, parent, proposer, payee }: SealContext,
  block: Block,
  seal: Seal,
): void {
  const { header } = block
  const refuse = (reason: string): never => {
    throw new ChainError('INVALID_SEAL', {
      message: `Invalid seal of block ${header.number}: ${reason}`,
      facts: { number: header.number, proposer: proposer.address },
    })
  }
  const signer = recoverSigner(sealHash(signingChain, block.hash()), seal.signature)
  if (signer === undefined) refuse('the signature is malformed')
  else if (!equalsBytes(signer, hexToBytes(proposer.address))) {
    refuse(`${bytesToHex(signer)} signed out of turn; the slot is ${proposer.address}'s`)
  }
  const { slot } = decodeHeaderExtra(header.extraData)
  const reveal = revealHash(signingChain, epochOfSlot(network, slot), slot)
  if (!verifyBLS(reveal, seal.reveal, hexToBytes(proposer.blsPublicKey))) {
    refuse('the reveal is not the proposer’s BLS signature for the slot')
  }
  if (!equalsBytes(header.mixHash, mixReveal(parent.mixHash, seal.reveal))) {
    refuse('mixHash is not made from the reveal')
  }
  const mayBePaid = [proposer.address, payee?.toString()]
  if (!mayBePaid.includes(header.coinbase.toString())) {
    refuse(`the coinbase ${header.coinbase} is neither the signer nor its payee`)
  }
}

function recoverSigner(hash: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  const s = BigInt(bytesToHex(signature.subarray(32, 64)))
  const recovery = signature[64]!
  // A high s would be a second valid signature by someone else's hand.
  if (s > HALF_ORDER || recovery > 1) return undefined
  try {
    return publicKeyToAddress(recoverPublicKey(hash, signature.subarray(0, 64), recovery))
  } catch {
    return undefined
  }
}
