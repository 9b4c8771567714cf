import { hash } from 'node:crypto'
import type { CustomCrypto } from '@ethereumjs/common'
import { keccak256 } from './keccak.ts'
import { kzg } from './kzg.ts'
import { ecrecover, signAsNoble } from './secp256k1.ts'

/** What makes an EthereumJS `Common` hash, sign, recover and check openings by the algorithms here. */
export const customCrypto = {
  keccak256,
  sha256: (message) => Uint8Array.from(hash('sha256', message, 'buffer')),
  ecrecover,
  ecsign: signAsNoble,
  kzg,
} satisfies CustomCrypto
