import { secretKeyFromSeed } from '../../crypto/bls.ts'
import { DEVNET_VALIDATOR } from '../../protocol/devnetValidator.ts'
import type { Network } from '../../protocol/networks.ts'
import { createValidatorKeys, type ValidatorKeys } from '../validatorKeys.ts'

/** The keys of the devnet's one validator, which its genesis names. */
export const createDevnetValidatorKeys = (
  network: Network,
  genesisHash: Uint8Array,
): ValidatorKeys =>
  createValidatorKeys({
    network,
    chain: { chainId: network.chainId, genesisHash },
    privateKey: DEVNET_VALIDATOR.privateKey,
    blsSecretKey: secretKeyFromSeed(DEVNET_VALIDATOR.blsSeed),
  })
