import { paramsBlock } from '@ethereumjs/block'
import { Common, type CustomCrypto, Mainnet, type ParamsDict } from '@ethereumjs/common'
import { paramsEVM } from '@ethereumjs/evm'
import { paramsTx } from '@ethereumjs/tx'
import { paramsVM } from '@ethereumjs/vm'

/** The parameter tables that the EthereumJS libraries merge into the rule set they are given. */
const LIBRARY_PARAMS: readonly ParamsDict[] = [paramsBlock, paramsEVM, paramsTx, paramsVM]

/**
 * A `Common` that holds every library's parameters from the start. The stock class merges and copies the
 * whole table again for every transaction and header, which was 11 ms of a block of 200 transfers.
 */
export class GenaroCommon extends Common {
  override updateParams(params: ParamsDict): void {
    if (!LIBRARY_PARAMS.includes(params)) super.updateParams(params)
  }

  /** Merges the libraries' tables; `createCommon` does it once, before any copy is made. */
  mergeLibraryParams(): this {
    for (const params of LIBRARY_PARAMS) super.updateParams(params)
    return this
  }
}

export interface CommonOptions {
  chainId: bigint
  /** Which of Ethereum's rule sets applies; Genaro networks start with the newest. */
  hardfork?: string
  customCrypto?: CustomCrypto
}

export const GENARO_HARDFORK = 'osaka'

/**
 * Ethereum's rules under a chain id. Blocks have the shape Ethereum has had since the merge
 * (difficulty and nonce zero, no uncles), so EthereumJS's own format checks hold for them.
 */
export function createCommon({
  chainId,
  hardfork = GENARO_HARDFORK,
  customCrypto,
}: CommonOptions): Common {
  return new GenaroCommon({
    chain: { ...Mainnet, name: 'genaro', chainId: Number(chainId) },
    hardfork,
    customCrypto,
  }).mergeLibraryParams()
}
