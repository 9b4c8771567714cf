import { EVMError, type EVMOpts } from '@ethereumjs/evm'
import {
  Address,
  bigIntToAddressBytes,
  bigIntToBytes,
  bytesToBigInt,
  setLengthLeft,
} from '@ethereumjs/util'

type CustomOpcode = Extract<
  NonNullable<EVMOpts['customOpcodes']>[number],
  { logicFunction: unknown }
>

/** One frame of the EVM, as an opcode sees it (EthereumJS does not export the type's name). */
export type Frame = Parameters<CustomOpcode['logicFunction']>[0]
export type Rules = Parameters<CustomOpcode['logicFunction']>[1]

/** An opcode of ours: what it costs, and what it does. Both see the same operands. */
export interface OpcodeImplementation {
  gas: NonNullable<CustomOpcode['gasFunction']>
  run: CustomOpcode['logicFunction']
}

const ADDRESS_MASK = (1n << 160n) - 1n
const TAG_BITS = 96n

/** An operand as an account: the low 20 bytes, as every opcode that takes one reads it. */
export const toAccount = (operand: bigint): Address =>
  new Address(bigIntToAddressBytes(operand & ADDRESS_MASK))

/** An operand as the 32 bytes of a bucket's or stream's id. */
export const toIdBytes = (operand: bigint): Uint8Array => setLengthLeft(bigIntToBytes(operand), 32)

/** Whether the account operand is the owner that an id names in its high 20 bytes. */
export const isOwnerOf = (account: bigint, id: bigint): boolean =>
  id >> TAG_BITS === (account & ADDRESS_MASK)

/** What reading a slot of any contract costs: what SLOAD costs, cold or warm (EIP-2929). */
export function readGas(frame: Frame, rules: Rules, contract: Address, key: Uint8Array): bigint {
  const { journal } = frame.interpreter
  if (journal.isWarmedStorage(contract.bytes, key)) return rules.param('warmstoragereadGas')
  journal.addWarmedStorage(contract.bytes, key)
  return rules.param('coldsloadGas')
}

/** The value of a slot of any contract. */
export const readSlot = async (
  frame: Frame,
  contract: Address,
  key: Uint8Array,
): Promise<bigint> => {
  const value = await frame.stateManager.getStorage(contract, key)
  return value.length === 0 ? 0n : bytesToBigInt(value)
}

/** An opcode that changes state fails where a static call forbids it (EIP-214). */
export function refuseIfStatic(frame: Frame): void {
  if (frame.interpreter.isStatic()) throw new EVMError(EVMError.errorMessages.STATIC_STATE_CHANGE)
}
