import { systemContractAddress } from '../../protocol/addresses.ts'
import { bucketKey } from '../../protocol/slots.ts'
import { type BucketWord, decodeBucketWord } from '../../protocol/words.ts'
import { isOwnerOf, type OpcodeImplementation, readGas, toIdBytes } from './frame.ts'

const MARKET = systemContractAddress('StorageMarket')

/**
 * An opcode that reads one fact of a bucket: (account, bucket id) → value. It reads 0 for a bucket that
 * does not exist, that is another account's, or whose term has ended.
 */
export const bucketRead = (fact: (bucket: BucketWord) => bigint): OpcodeImplementation => ({
  gas(frame, gas, rules) {
    const [, id] = frame.stack.peek(2)
    return gas + readGas(frame, rules, MARKET, bucketKey(toIdBytes(id!)))
  },
  async run(frame) {
    const [account, id] = frame.stack.popN(2)
    const word = await frame.stateManager.getStorage(MARKET, bucketKey(toIdBytes(id!)))
    const bucket = decodeBucketWord(word)
    const isRunning = bucket.endTime > frame.interpreter.getBlockTimestamp()
    frame.stack.push(isRunning && isOwnerOf(account!, id!) ? fact(bucket) : 0n)
  },
})
