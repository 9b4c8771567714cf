import { EVMError, type EVMOpts } from '@ethereumjs/evm'
import { STORAGE_OPCODES, type StorageOpcodeName } from '../../protocol/opcodes.ts'
import { dataVersionRead } from './dataVersionRead.ts'
import { dataVersionUpdate } from './dataVersionUpdate.ts'
import type { OpcodeImplementation } from './frame.ts'
import { sentinelHeft } from './sentinelHeft.ts'
import { ssize } from './ssize.ts'
import { storageGas } from './storageGas.ts'
import { storageGasPrice } from './storageGasPrice.ts'
import { storageGasUsed } from './storageGasUsed.ts'

const IMPLEMENTATIONS: Record<StorageOpcodeName, OpcodeImplementation> = {
  DATAVERSIONREAD: dataVersionRead,
  DATAVERSIONUPDATE: dataVersionUpdate,
  STORAGE_GAS: storageGas,
  STORAGE_GAS_USED: storageGasUsed,
  STORAGE_GAS_PRICE: storageGasPrice,
  SSIZE: ssize,
  SENTINEL_HEFT: sentinelHeft,
}

/** The seven storage opcodes in the form the EVM takes; traces show them under their mnemonics. */
export const storageOpcodes = (): NonNullable<EVMOpts['customOpcodes']> =>
  Object.entries(STORAGE_OPCODES).map(([name, { byte, outputs, inputs }]) => {
    const { gas, run } = IMPLEMENTATIONS[name as StorageOpcodeName]
    return {
      opcode: byte,
      opcodeName: name,
      baseFee: 0,
      gasFunction: async (frame, base, rules) => {
        refuseOverflow(frame.stack.length, outputs - inputs)
        return gas(frame, base, rules)
      },
      logicFunction: run,
    }
  })

const STACK_LIMIT = 1_024

/** A stack that would overflow fails before anything is paid for or read. */
function refuseOverflow(height: number, growth: number): void {
  if (height + growth > STACK_LIMIT) throw new EVMError(EVMError.errorMessages.STACK_OVERFLOW)
}
