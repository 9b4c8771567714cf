import type { BaseContractMethod, ContractTransactionResponse } from 'ethers'

/** A function of a contract that only reads. */
export type View<Inputs extends unknown[], Output> = BaseContractMethod<Inputs, Output, Output>

/** A function of a contract that is sent as a transaction; overrides such as `value` come last. */
export type Send<Inputs extends unknown[]> = BaseContractMethod<
  Inputs,
  unknown,
  ContractTransactionResponse
>
