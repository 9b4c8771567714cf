/** One storage opcode: its byte, its mnemonic, and how many words it takes and gives. */
export interface StorageOpcode {
  byte: number
  inputs: number
  outputs: number
}

/**
 * The seven storage opcodes (YP 3.4, Table 1). The paper's bytes 0x3f, 0x46, 0x47, 0x5c and 0x5d belong
 * to Ethereum today, so all seven stand together in the free row 0x21 to 0x27. The first operand, on
 * top of the stack, is the account. Where a state change hides in an opcode, STATICCALL refuses it.
 */
export const STORAGE_OPCODES = {
  DATAVERSIONREAD: { byte: 0x21, inputs: 3, outputs: 17 },
  DATAVERSIONUPDATE: { byte: 0x22, inputs: 2, outputs: 1 },
  STORAGE_GAS: { byte: 0x23, inputs: 2, outputs: 1 },
  STORAGE_GAS_USED: { byte: 0x24, inputs: 2, outputs: 1 },
  STORAGE_GAS_PRICE: { byte: 0x25, inputs: 2, outputs: 1 },
  SSIZE: { byte: 0x26, inputs: 2, outputs: 1 },
  SENTINEL_HEFT: { byte: 0x27, inputs: 1, outputs: 1 },
} as const satisfies Record<string, StorageOpcode>

export type StorageOpcodeName = keyof typeof STORAGE_OPCODES
