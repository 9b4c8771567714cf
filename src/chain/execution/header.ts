import type { BlockHeader } from '@ethereumjs/block'
import { Blockchain } from '@ethereumjs/blockchain'
import type { Common } from '@ethereumjs/common'
import { errorMessage } from '../../util/errors.ts'
import { ChainError } from '../errors.ts'

/**
 * EthereumJS's `Blockchain`, asked for nothing but its header rules. Its database is not used: it writes
 * blocks apart from state, reads bodies with a codec that knows no Genaro transaction, and answers
 * BLOCKHASH from the canonical chain even on a side branch.
 */
class HeaderRules extends Blockchain {
  private readonly parent: BlockHeader

  constructor(common: Common, parent: BlockHeader) {
    super({ common })
    this.parent = parent
    Object.defineProperty(this, '_getHeader', { value: async () => this.parent })
  }
}

/** Checks what Ethereum asks of a header against its parent (number, time, gas limit, base fee, blob gas). */
export async function checkHeader(
  common: Common,
  parent: BlockHeader,
  header: BlockHeader,
): Promise<void> {
  if (header.number !== parent.number + 1n) {
    // EthereumJS takes any header numbered 0 for a genesis and checks nothing of it.
    throw new ChainError('INVALID_HEADER', {
      message: `Invalid header: number ${header.number} does not follow ${parent.number}`,
      facts: { number: header.number },
    })
  }
  try {
    await new HeaderRules(common, parent).validateHeader(header)
  } catch (cause) {
    throw new ChainError('INVALID_HEADER', {
      message: `Invalid header: ${errorMessage(cause)}`,
      facts: { number: header.number },
      cause,
    })
  }
}
