import {
  createEOACode7702Tx,
  createFeeMarket1559Tx,
  createLegacyTx,
  type FeeMarketEIP1559TxData,
  type LegacyTxData,
  type TypedTransaction,
} from '@ethereumjs/tx'
import {
  Address,
  concatBytes,
  eoaCode7702SignAuthorization,
  hexToBytes,
  intToBytes,
  type PrefixedHexString,
  setLengthLeft,
} from '@ethereumjs/util'
import { customCrypto } from '../../../src/crypto/customCrypto.ts'
import { publicKeyOf, publicKeyToAddress } from '../../../src/crypto/secp256k1.ts'
import { createCommon } from '../../../src/protocol/common.ts'

export const ETHER = 10n ** 18n
export const GWEI = 10n ** 9n
export const BLOCK_GAS_LIMIT = 30_000_000n
export const CHAIN_ID = 31_300n
export const common = createCommon({ chainId: CHAIN_ID, customCrypto })

const RECIPIENT: PrefixedHexString = '0x00000000000000000000000000000000000000aa'

export interface Signer {
  key: Uint8Array
  address: Address
}

export function createSigner(seed: number): Signer {
  const key = setLengthLeft(intToBytes(seed + 1), 32)
  return { key, address: new Address(publicKeyToAddress(publicKeyOf(key))) }
}

/** A signed transfer of type 2: 21,000 gas, a cap of 10 gwei and a tip of 1 gwei unless told. */
export const transfer = (
  { key }: Signer,
  nonce: number,
  fields: FeeMarketEIP1559TxData = {},
): TypedTransaction =>
  createFeeMarket1559Tx(
    {
      nonce,
      gasLimit: 21_000,
      maxFeePerGas: 10n * GWEI,
      maxPriorityFeePerGas: GWEI,
      to: RECIPIENT,
      ...fields,
    },
    { common },
  ).sign(key)

/** A signed transfer of type 0 with a chain id. */
export const legacyTransfer = (
  { key }: Signer,
  nonce: number,
  fields: LegacyTxData = {},
): TypedTransaction =>
  createLegacyTx(
    { nonce, gasLimit: 21_000, gasPrice: 10n * GWEI, to: RECIPIENT, ...fields },
    { common },
  ).sign(key)

/** A transaction of type 4 in which `authority` delegates to the recipient. */
export const delegating = (
  { key }: Signer,
  nonce: number,
  authority: Signer,
  authorityNonce: number,
): TypedTransaction =>
  createEOACode7702Tx(
    {
      nonce,
      gasLimit: 100_000,
      maxFeePerGas: 10n * GWEI,
      maxPriorityFeePerGas: GWEI,
      to: RECIPIENT,
      authorizationList: [
        eoaCode7702SignAuthorization(
          {
            chainId: `0x${CHAIN_ID.toString(16)}`,
            address: RECIPIENT,
            nonce: `0x${authorityNonce.toString(16)}`,
          },
          authority.key,
        ),
      ],
    },
    { common },
  ).sign(key)

/** The code of an account that delegated to `address` (EIP-7702). */
export const delegationTo = (address: Address): Uint8Array =>
  concatBytes(hexToBytes('0xef0100'), address.bytes)
