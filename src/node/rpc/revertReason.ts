import type { Address } from '@ethereumjs/util'
import { AbiCoder } from 'ethers'
import { describeRevert } from '../../api/revertReason.ts'
import type { Hex } from '../../api/rpc/values.ts'

const ERROR_SELECTOR = '0x08c379a0'
const PANIC_SELECTOR = '0x4e487b71'
const SELECTOR_LENGTH = 10
const MAX_REASON_LENGTH = 1_024

/** What Solidity's panic codes mean, in geth's words. */
const PANICS: Record<string, string> = {
  0: 'generic panic',
  1: 'assert(false)',
  17: 'arithmetic underflow or overflow',
  18: 'division or modulo by zero',
  33: 'enum overflow',
  34: 'invalid encoded storage byte array accessed',
  49: 'out-of-bounds array access; popping on an empty array',
  50: 'out-of-bounds access of an array or bytesN',
  65: 'out of memory',
  81: 'uninitialized function',
}

/** The reason in what a reverted call returned: text, a panic code, or a system contract's error. */
export function revertReason(data: Hex, to: Address | undefined): string | undefined {
  const selector = data.slice(0, SELECTOR_LENGTH)
  if (selector === ERROR_SELECTOR) return decodeOne('string', data)?.slice(0, MAX_REASON_LENGTH)
  if (selector !== PANIC_SELECTOR) return systemReason(data, to)
  const code = decodeOne('uint256', data)
  if (code === undefined) return undefined
  return `panic code 0x${BigInt(code).toString(16).padStart(2, '0')} (${PANICS[code] ?? 'unknown panic code'})`
}

/** Clients know their own contracts' errors by ABI; those of the system contracts are told in words. */
function systemReason(data: Hex, to: Address | undefined): string | undefined {
  const { name, message } = describeRevert(to?.toString(), data, undefined)
  return name === undefined ? undefined : `${name}: ${message}`
}

/** Contracts may return anything, so what cannot be decoded has no reason. */
function decodeOne(type: string, data: string): string | undefined {
  try {
    return String(AbiCoder.defaultAbiCoder().decode([type], `0x${data.slice(SELECTOR_LENGTH)}`)[0])
  } catch {
    return undefined
  }
}
