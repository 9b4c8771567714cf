import { compareBytes } from '@ethereumjs/util'
import type { RecordRules } from '../../p2p/services.ts'
import type { SigningChain } from '../../protocol/domain.ts'
import { badRecord } from './errors.ts'
import { readRecordHead, verifyRecord } from './record.ts'
import { decodeRecordKey, type RecordKey } from './recordKey.ts'

export interface RecordRulesOptions {
  chain: SigningChain
  /** Milliseconds since the Unix epoch. */
  now: () => number
  /** Whether the chain lets the account publish (a staked one, for contacts and replicas); all by default. */
  mayPublish?: ((key: RecordKey) => boolean | Promise<boolean>) | undefined
}

/** What the DHT of one chain takes, and which of two records under a key is the better one. */
export const createRecordRules = ({
  chain,
  now,
  mayPublish = () => true,
}: RecordRulesOptions): RecordRules => ({
  async validate(key, value) {
    await verifyRecord(chain, { key, value }, BigInt(Math.floor(now() / 1_000)))
    if (!(await mayPublish(decodeRecordKey(key)))) throw badRecord('its account may not publish')
  },
  select: (key, values) =>
    values.reduce((best, value, i) => (isNewer(key, value, values[best]!) ? i : best), 0),
})

/** Of equal sequences the greater bytes win, so that all nodes choose the same. */
function isNewer(key: Uint8Array, value: Uint8Array, than: Uint8Array): boolean {
  const [a, b] = [readRecordHead(key, value).sequence, readRecordHead(key, than).sequence]
  return a === b ? compareBytes(value, than) > 0 : a > b
}
