import { HDNodeWallet, Mnemonic } from 'ethers'
import { DEVNET_MNEMONIC } from '../../protocol/networks.ts'
import type { UnlockedAccount } from '../node.ts'
import { DevnetError } from './errors.ts'

const MAX_ACCOUNTS = 1_000

/** The first `count` accounts of the mnemonic that every development node uses (BIP-44). */
export function createDevnetAccounts(count: number): UnlockedAccount[] {
  if (!Number.isInteger(count) || count < 0 || count > MAX_ACCOUNTS) {
    throw new DevnetError('BAD_OPTION', {
      message: `A devnet has 0 to ${MAX_ACCOUNTS} funded accounts, not ${count}`,
      hint: 'Pass a whole number in this range with --accounts.',
    })
  }
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVNET_MNEMONIC), "m/44'/60'/0'/0")
  return Array.from({ length: count }, (_, index) => {
    const { address, privateKey } = parent.deriveChild(index)
    return { address, privateKey }
  })
}
