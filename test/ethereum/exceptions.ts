import assert from 'node:assert/strict'

/** How our refusals say what the fixtures name, by the fixtures' name. */
const REASONS: Record<string, RegExp> = {
  'BlockException.INCORRECT_EXCESS_BLOB_GAS':
    /expected blob gas: \d+, got: \d+|block excessBlobGas mismatch: have \d+, want \d+/,
  'BlockException.INVALID_BASEFEE_PER_GAS': /base fee not correct/,
  'BlockException.INVALID_BLOCK_HASH': /withdrawalsRoot that its execution does not give/,
  'BlockException.INVALID_DEPOSIT_EVENT_LAYOUT': /deposit contract logged a malformed event/,
  'BlockException.INVALID_GASLIMIT': /gas limit decreased/,
  'BlockException.INVALID_REQUESTS': /requestsHash that its execution does not give/,
  'BlockException.INVALID_WITHDRAWALS_ROOT': /withdrawalsRoot that its execution does not give/,
  'BlockException.RLP_STRUCTURES_ENCODING': /Invalid EIP-4844 transaction/,
  'BlockException.SYSTEM_CONTRACT_CALL_FAILED': /request contract 0x[0-9a-f]{40} failed/,
  'BlockException.SYSTEM_CONTRACT_EMPTY': /No code at the request contract/,
  'TransactionException.GAS_ALLOWANCE_EXCEEDED':
    /higher gas limit than the block|gas and \d+ is left/,
  'TransactionException.GAS_LIMIT_EXCEEDS_MAXIMUM': /exceeds the maximum allowed by EIP-7825/,
  'TransactionException.GASLIMIT_PRICE_PRODUCT_OVERFLOW': /cannot exceed MAX_INTEGER/,
  'TransactionException.INITCODE_SIZE_EXCEEDED': /initcode size of this transaction is too large/,
  'TransactionException.INSUFFICIENT_ACCOUNT_FUNDS': /doesn't have enough funds to send tx/,
  'TransactionException.INSUFFICIENT_MAX_FEE_PER_BLOB_GAS':
    /maxFeePerBlobGas \d+\)? (is less|<) than block blob/,
  'TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS': /is less than the block's baseFeePerGas/,
  'TransactionException.INTRINSIC_GAS_BELOW_FLOOR_GAS_COST': /minimum gas limit of \d+ \(calldata/,
  'TransactionException.INTRINSIC_GAS_TOO_LOW': /lower than the minimum gas limit/,
  'TransactionException.NONCE_IS_MAX': /nonce cannot equal or exceed MAX_UINT64/,
  'TransactionException.NONCE_MISMATCH_TOO_HIGH': /doesn't have the correct nonce/,
  'TransactionException.NONCE_MISMATCH_TOO_LOW': /doesn't have the correct nonce/,
  'TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS': /less than maxPriorityFeePerGas/,
  'TransactionException.SENDER_NOT_EOA': /address is not EOA/,
  'TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED': /exceeds max \d+ blobs per tx/,
  'TransactionException.TYPE_3_TX_CONTRACT_CREATION': /cannot be used to create contracts/,
  'TransactionException.TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH': /KZG commitment version/,
  'TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED': /exceed maximum blob gas/,
  'TransactionException.TYPE_3_TX_ZERO_BLOBS': /at least one blob/,
  'TransactionException.TYPE_3_TX_WITH_FULL_BLOBS': /Invalid EIP-4844 transaction/,
  'TransactionException.TYPE_4_EMPTY_AUTHORIZATION_LIST': /authorization list is empty/,
  'TransactionException.TYPE_4_TX_CONTRACT_CREATION': /cannot be used to create contracts/,
  'TransactionException.TYPE_4_TX_PRE_FORK': /EIP-7702 not enabled/,
}

/** Requires that a refusal is one of those the fixture allows, written as names between bars. */
export function assertRefused(outcome: unknown, expected: string): void {
  assert.ok(outcome instanceof Error, `accepted, but expected ${expected}`)
  const reasons = expected
    .split('|')
    .map((name) => REASONS[name] ?? assert.fail(`unknown ${name}: ${outcome.message}`))
  assert.ok(
    reasons.some((reason) => reason.test(outcome.message)),
    `refused for another reason than ${expected}: ${outcome.message}`,
  )
}
