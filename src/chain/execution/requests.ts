import type { Block } from '@ethereumjs/block'
import {
  Address,
  bytesToBigInt,
  bytesToHex,
  CLRequest,
  CLRequestType,
  concatBytes,
  hexToBytes,
} from '@ethereumjs/util'
import type { Receipt } from '../chain.ts'
import { ChainError } from '../errors.ts'
import type { Machine } from '../machine.ts'

const SYSTEM_CALLER = new Address(hexToBytes('0xfffffffffffffffffffffffffffffffffffffffe'))
const SYSTEM_CALL_GAS = 30_000_000n
const DEPOSIT_CONTRACT = '0x00000000219ab540356cbb839cbe05303d7705fa'
const DEPOSIT_TOPIC = '0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5'
const WITHDRAWAL_REQUESTS = '0x00000961ef480eb55e80d19ad83579a64c007002'
const CONSOLIDATION_REQUESTS = '0x0000bbddc7ce488642fb579f8b00f3a590007251'

/** What a block asks of a consensus layer, by type (EIP-7685): deposits, withdrawals, consolidations. */
export async function gatherRequests(
  machine: Machine,
  block: Block,
  receipts: readonly Receipt[],
): Promise<CLRequest<CLRequestType>[]> {
  return [
    new CLRequest(CLRequestType.Deposit, gatherDeposits(receipts)),
    new CLRequest(CLRequestType.Withdrawal, await callSystem(machine, block, WITHDRAWAL_REQUESTS)),
    new CLRequest(
      CLRequestType.Consolidation,
      await callSystem(machine, block, CONSOLIDATION_REQUESTS),
    ),
  ]
}

/** Calls a request contract as the system does; a missing or failing one makes the block invalid. */
async function callSystem(
  machine: Machine,
  block: Block,
  contract: `0x${string}`,
): Promise<Uint8Array> {
  const { evm, stateManager: state } = machine
  const to = new Address(hexToBytes(contract))
  if ((await state.getCodeSize(to)) === 0) {
    throw new ChainError('INVALID_BODY', { message: `No code at the request contract ${contract}` })
  }
  const caller = await state.getAccount(SYSTEM_CALLER)
  const { execResult } = await evm.runCall({
    block,
    caller: SYSTEM_CALLER,
    gasLimit: SYSTEM_CALL_GAS,
    to,
  })
  if (execResult.exceptionError !== undefined) {
    throw new ChainError('INVALID_BODY', {
      message: `The request contract ${contract} failed: ${execResult.exceptionError.error}`,
    })
  }
  if (caller === undefined) await state.deleteAccount(SYSTEM_CALLER)
  else await state.putAccount(SYSTEM_CALLER, caller)
  await evm.journal.cleanup()
  return execResult.returnValue
}

const gatherDeposits = (receipts: readonly Receipt[]): Uint8Array =>
  concatBytes(
    ...receipts
      .flatMap(({ logs }) => logs)
      .filter(
        ({ address, topics }) =>
          topics[0] !== undefined &&
          bytesToHex(address) === DEPOSIT_CONTRACT &&
          bytesToHex(topics[0]) === DEPOSIT_TOPIC,
      )
      .map(({ data }) => parseDeposit(data)),
  )

/** The fields of the deposit event: where each stands in its ABI encoding, and its size (EIP-6110). */
const DEPOSIT_FIELDS = [
  { offset: 160, size: 48 },
  { offset: 256, size: 32 },
  { offset: 320, size: 8 },
  { offset: 384, size: 96 },
  { offset: 512, size: 8 },
] as const
const DEPOSIT_EVENT_BYTES = 576

function parseDeposit(data: Uint8Array): Uint8Array {
  const number = (at: number): bigint => bytesToBigInt(data.subarray(at, at + 32))
  const isWhole =
    data.length === DEPOSIT_EVENT_BYTES &&
    DEPOSIT_FIELDS.every(
      ({ offset, size }, i) => number(32 * i) === BigInt(offset) && number(offset) === BigInt(size),
    )
  if (!isWhole) {
    throw new ChainError('INVALID_BODY', {
      message: 'The deposit contract logged a malformed event',
    })
  }
  return concatBytes(
    ...DEPOSIT_FIELDS.map(({ offset, size }) => data.subarray(offset + 32, offset + 32 + size)),
  )
}
