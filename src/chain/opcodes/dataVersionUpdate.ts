import { EVMError } from '@ethereumjs/evm'
import {
  type Address,
  bigIntToBytes,
  equalsBytes,
  setLengthLeft,
  unpadBytes,
  utf8ToBytes,
} from '@ethereumjs/util'
import { keccak256 } from '../../crypto/keccak.ts'
import { systemContractAddress } from '../../protocol/addresses.ts'
import { streamKey, streamMayUpdateKey } from '../../protocol/slots.ts'
import { decodeStreamWord, encodeStreamWord, STREAM_STATUS } from '../../protocol/words.ts'
import {
  type Frame,
  isOwnerOf,
  type OpcodeImplementation,
  type Rules,
  readGas,
  readSlot,
  refuseIfStatic,
  toAccount,
  toIdBytes,
} from './frame.ts'

const STREAMS = systemContractAddress('Streams')
const STORAGE_VIEW = systemContractAddress('StorageView')
/** `event UpdateRequested(bytes32 indexed id, address indexed requester, uint256 version)` */
const UPDATE_REQUESTED = keccak256(utf8ToBytes('UpdateRequested(bytes32,address,uint256)'))
const LOG_TOPICS = 3n
const LOG_DATA_BYTES = 32n

/**
 * DATAVERSIONUPDATE: (owner, stream id) → 1 when the executing contract may ask for the stream's next
 * anchor and the stream is open, else 0 (YP 3.4). A state change, with its event: it costs what the
 * reads, the SSTORE and the LOG would, and fails under STATICCALL.
 */
export const dataVersionUpdate: OpcodeImplementation = {
  async gas(frame, gas, rules) {
    refuseIfStatic(frame)
    const [, id] = frame.stack.peek(2)
    const idBytes = toIdBytes(id!)
    const reads =
      readGas(frame, rules, STREAMS, streamKey(idBytes)) +
      readGas(frame, rules, STREAMS, streamMayUpdateKey(idBytes, requesterOf(frame)))
    const request = await nextRequest(frame)
    return gas + reads + (request === undefined ? 0n : await requestGas(frame, rules, request))
  },
  async run(frame) {
    const request = await nextRequest(frame)
    frame.stack.popN(2)
    if (request !== undefined) await storeRequest(frame, request)
    frame.stack.push(request === undefined ? 0n : 1n)
  },
}

/** A request that the caller may make: which stream, and how its word changes. */
interface UpdateRequest {
  id: Uint8Array
  version: bigint
  before: Uint8Array
  after: Uint8Array
}

/** StorageView runs the opcode for contracts that stock compilers made, so there its caller asks. */
const requesterOf = ({ interpreter }: Frame): Address => {
  const executing = interpreter.getAddress()
  return executing.equals(STORAGE_VIEW) ? toAccount(interpreter.getCaller()) : executing
}

async function nextRequest(frame: Frame): Promise<UpdateRequest | undefined> {
  const [owner, operand] = frame.stack.peek(2) as [bigint, bigint]
  if (!isOwnerOf(owner, operand)) return undefined
  const id = toIdBytes(operand)
  const before = await frame.stateManager.getStorage(STREAMS, streamKey(id))
  const stream = decodeStreamWord(before)
  const mayAsk =
    stream.status === STREAM_STATUS.open && (await mayUpdate(frame, toAccount(owner), id))
  if (!mayAsk) return undefined
  const version = stream.headVersion + 1n
  const after = encodeStreamWord({ ...stream, requestedVersion: version })
  return { id, version, before: setLengthLeft(before, 32), after }
}

async function mayUpdate(frame: Frame, owner: Address, id: Uint8Array): Promise<boolean> {
  const requester = requesterOf(frame)
  if (requester.equals(owner)) return true
  return (await readSlot(frame, STREAMS, streamMayUpdateKey(id, requester))) !== 0n
}

/** What SSTORE to a warm slot that is not zero (EIP-2200, 2929) and LOG3 with one word cost. */
async function requestGas(
  frame: Frame,
  rules: Rules,
  { id, before, after }: UpdateRequest,
): Promise<bigint> {
  // The sentry of EIP-2200 keeps a call with the 2,300 gas of a plain transfer from writing.
  if (frame.gasLeft <= rules.param('sstoreSentryEIP2200Gas')) {
    throw new EVMError(EVMError.errorMessages.OUT_OF_GAS)
  }
  const log =
    rules.param('logGas') +
    LOG_TOPICS * rules.param('logTopicGas') +
    LOG_DATA_BYTES * rules.param('logDataGas')
  const original = await frame.stateManager.originalStorageCache.get(STREAMS, streamKey(id))
  const isFirstChange =
    !equalsBytes(before, after) && equalsBytes(setLengthLeft(original, 32), before)
  const store = isFirstChange
    ? rules.param('sstoreResetGas') - rules.param('coldsloadGas')
    : rules.param('warmstoragereadGas')
  return store + log
}

async function storeRequest(frame: Frame, { id, version, after }: UpdateRequest): Promise<void> {
  await frame.stateManager.putStorage(STREAMS, streamKey(id), unpadBytes(after))
  const topics = [UPDATE_REQUESTED, id, setLengthLeft(requesterOf(frame).bytes, 32)]
  // `interpreter.log` would name the executing contract as the event's source; it is Streams.
  frame.interpreter._result.logs.push([
    STREAMS.bytes,
    topics,
    setLengthLeft(bigIntToBytes(version), 32),
  ])
}
