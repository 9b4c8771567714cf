import { readFileSync } from 'node:fs'
import type { PrefixedHexString } from '@ethereumjs/util'
import { z } from 'zod'
import { errorMessage } from '../util/errors.ts'
import { ProtocolError } from './errors.ts'
import { decodeHeaderExtra } from './header.ts'
import type { NetworkName } from './networks.ts'

/** An account as a genesis sets it. */
export interface GenesisAccount {
  /** In wei. */
  balance: bigint
  nonce: bigint
  /** '0x' for none. */
  code: PrefixedHexString
  /** 32-byte values by 32-byte key, no zeros. */
  storage: Record<PrefixedHexString, PrefixedHexString>
}

/** Who may seal blocks before the first committee is seated. */
export interface Validator {
  address: PrefixedHexString
  /** G1 point, 48 bytes, compressed. */
  blsPublicKey: PrefixedHexString
}

/** What a chain begins from. Hex is lower-case throughout. */
export interface Genesis {
  network: NetworkName
  chainId: bigint
  /** Unix seconds. */
  timestamp: bigint
  gasLimit: bigint
  /** In wei. */
  baseFeePerGas: bigint
  extraData: PrefixedHexString
  mixHash: PrefixedHexString
  validators: Validator[]
  alloc: Record<PrefixedHexString, GenesisAccount>
}

const hex = (pattern: RegExp, meaning: string) =>
  z.custom<PrefixedHexString>(
    (value) => typeof value === 'string' && pattern.test(value),
    `must be ${meaning}, as lower-case 0x-prefixed hex`,
  )

const bytes = (count: number) => hex(new RegExp(`^0x[0-9a-f]{${2 * count}}$`), `${count} bytes`)

const quantity = (bits: number) =>
  hex(/^0x(0|[1-9a-f][0-9a-f]*)$/, 'a number without leading zeros').transform((value, context) => {
    const number = BigInt(value)
    if (number >> BigInt(bits) !== 0n) context.addIssue(`must fit into ${bits} bits`)
    return number
  })

const word = bytes(32)

const nonZeroWord = word.refine((value) => BigInt(value) !== 0n, 'must not be zero')

const accountSchema = z.strictObject({
  balance: quantity(256),
  nonce: quantity(64).default(0n),
  code: hex(/^0x([0-9a-f]{2})*$/, 'whole bytes').default('0x'),
  storage: z.record(word, nonZeroWord).default({}),
})

const validatorSchema = z.strictObject({ address: bytes(20), blsPublicKey: bytes(48) })

const genesisSchema = z.strictObject({
  network: z.enum(['devnet', 'testnet', 'mainnet']),
  chainId: quantity(53).refine((chainId) => chainId > 0n, 'must not be zero'),
  timestamp: quantity(64),
  gasLimit: quantity(63),
  baseFeePerGas: quantity(256),
  extraData: bytes(32).refine(isHeaderExtra, 'must have the form of a Genaro header’s'),
  mixHash: bytes(32),
  validators: z.array(validatorSchema).refine(areDistinct, 'must name each validator once'),
  alloc: z.record(bytes(20), accountSchema),
})

function isHeaderExtra(extraData: PrefixedHexString): boolean {
  try {
    decodeHeaderExtra(Buffer.from(extraData.slice(2), 'hex'))
    return true
  } catch {
    return false
  }
}

function areDistinct(validators: readonly Validator[]): boolean {
  return (
    new Set(validators.map(({ address }) => address)).size === validators.length &&
    new Set(validators.map(({ blsPublicKey }) => blsPublicKey)).size === validators.length
  )
}

const badGenesis = (problem: string, cause?: unknown): ProtocolError =>
  new ProtocolError('BAD_GENESIS', {
    message: `The genesis is malformed: ${problem}`,
    hint: 'Compare it with genesis/devnet.json; `npm run genesis` builds the files of this project anew.',
    facts: { problem },
    cause,
  })

/** Reads a genesis file's text; throws `ProtocolError` with code `BAD_GENESIS` saying where it is wrong. */
export function decodeGenesis(json: string): Genesis {
  const result = genesisSchema.safeParse(parseJSON(json))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw badGenesis(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`, result.error)
}

function parseJSON(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw badGenesis(errorMessage(error), error)
  }
}

/** The text of a genesis file. */
export const encodeGenesis = (genesis: Genesis): string =>
  `${JSON.stringify(
    genesis,
    (_, value) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value),
    2,
  )}\n`

/** The genesis of one of Genaro's networks, from the files that come with the package. */
export const readGenesis = (network: NetworkName): Genesis =>
  decodeGenesis(readFileSync(new URL(`../../genesis/${network}.json`, import.meta.url), 'utf8'))
