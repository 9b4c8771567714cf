import { bytesToHex, equalsBytes, hexToBytes } from '@ethereumjs/util'
import type { Challenge } from '../../../api/actions/getChallenge.ts'
import { ApiError } from '../../../api/errors.ts'
import { sign } from '../../../crypto/secp256k1.ts'
import { createInspectionAnswer } from '../../../protocol/networkTransactionCodec.ts'
import { errorMessage } from '../../../util/errors.ts'
import type { Logger } from '../../../util/logger.ts'
import type { ChainHead, FarmerChain } from '../chain.ts'
import type { InspectionChain } from './inspectionChain.ts'
import type { InspectionCounts } from './inspectionCounts.ts'
import { type OpenChallenge, type ProverOptions, proveChallenge } from './proveChallenge.ts'
import type { TreeKeeper } from './treeKeeper.ts'

/** Answers the challenges of our node, so that nobody has to ask it to. */
export interface Answerer {
  /** What the chain waits for, or will. */
  readonly challenges: readonly Challenge[]
  /** Whether an open challenge has no answer yet though there may be one. */
  readonly isBehind: boolean
  /** Whether an answer to a challenge has left. */
  hasAnswered(challengeId: bigint): boolean
  /** Whether an open challenge is about this replica alone. */
  isAskedFor(replicaId: string): boolean
  /** Looks at what waits or is open now. Throws `ApiError`. */
  look(): Promise<void>
  /** Answers what is open, tied to a block. What fails is logged and tried again. Throws `ApiError`. */
  answer(head: ChainHead): Promise<void>
}

export interface AnswererOptions extends ProverOptions {
  chain: Pick<
    InspectionChain,
    'challengeIds' | 'challenge' | 'isCanonical' | 'sendAnswer' | 'releasedSlot'
  >
  refresh: FarmerChain['refresh']
  chainId: bigint
  keeper: Pick<TreeKeeper, 'tree' | 'sync'>
  /** The account's, 32 bytes. */
  accountKey: Uint8Array
  counts: Pick<InspectionCounts, 'answered' | 'failed'>
  logger: Logger
}

/** What is known of a challenge between two looks. */
interface Attempt {
  challenge: OpenChallenge
  proof?: Uint8Array
  /** The block that the answer was last tied to. */
  anchor?: ChainHead
  /** The block after which no true answer could be made. */
  failedAt?: string
}

/** An answer is good for four blocks after its anchor; it is sent again before. */
const RESEND_AFTER_BLOCKS = 2

/** Answered challenges whose outcome may still be told. */
const MAX_REMEMBERED = 256

/** Blocks may come faster than an answer is sent. */
const SEND_TRIES = 3

export function createAnswerer(options: AnswererOptions): Answerer {
  const { chain, refresh, chainId, keeper, accountKey, counts, logger } = options
  let attempts = new Map<bigint, Attempt>()
  let challenges: readonly Challenge[] = []
  const answered = new Set<bigint>()

  const remember = (id: bigint): void => {
    answered.delete(id)
    answered.add(id)
    if (answered.size > MAX_REMEMBERED) answered.delete(answered.values().next().value!)
  }

  /** Undefined when there is no true answer, or not before the next block. */
  const prove = async (attempt: Attempt, head: ChainHead): Promise<Uint8Array | undefined> => {
    const { challenge, failedAt } = attempt
    if (failedAt === head.hash) return undefined
    const isOfTree = challenge.replicaId === undefined
    if (isOfTree && !isRoot(challenge.root, keeper.tree.root)) await keeper.sync(head)
    // Of another head, for a moment.
    if (isOfTree && !isRoot(challenge.root, keeper.tree.root)) return undefined
    try {
      return await proveChallenge(options, challenge, keeper.tree)
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (failedAt === undefined) {
        counts.failed()
        const facts = { challengeId: challenge.id, reason: errorMessage(error) }
        logger.error('challenge not answered: the leaves it asks for are lost', facts)
      }
      attempt.failedAt = head.hash
      return undefined
    }
  }

  const send = async ({ challenge, proof }: Attempt, anchor: ChainHead): Promise<void> => {
    const transaction = createInspectionAnswer({
      chainId,
      challengeId: challenge.id,
      anchorNumber: BigInt(anchor.number),
      anchorHash: hexToBytes(anchor.hash as `0x${string}`),
      proof: proof!,
      sign: (hash) => sign(hash, accountKey),
    })
    await chain.sendAnswer(bytesToHex(transaction.serialize()))
  }

  const sendAnew = async (attempt: Attempt, head: ChainHead): Promise<void> => {
    for (let tries = 1, anchor = head; ; tries++, anchor = await refresh()) {
      try {
        await send(attempt, anchor)
        if (attempt.anchor === undefined) counts.answered()
        attempt.anchor = anchor
        remember(attempt.challenge.id)
        return
      } catch (error) {
        // It was taken meanwhile, or settled: nobody asks any more.
        if ((await chain.challenge(attempt.challenge.id)) === undefined) return
        if (tries < SEND_TRIES) continue
        const facts = { challengeId: attempt.challenge.id, reason: errorMessage(error) }
        logger.warn('answer not sent', facts)
        return
      }
    }
  }

  const isSent = async ({ anchor }: Attempt, head: ChainHead): Promise<boolean> =>
    anchor !== undefined &&
    head.number >= anchor.number &&
    head.number < anchor.number + RESEND_AFTER_BLOCKS &&
    (await chain.isCanonical(anchor))

  const answerOne = async (attempt: Attempt, head: ChainHead): Promise<void> => {
    if (await isSent(attempt, head)) return
    const proof = attempt.proof ?? (await prove(attempt, head))
    if (proof === undefined) return
    attempt.proof = proof
    await sendAnew(attempt, head)
  }

  return {
    get challenges() {
      return challenges
    },
    get isBehind() {
      return [...attempts.values()].some(
        ({ anchor, failedAt }) => anchor === undefined && failedAt === undefined,
      )
    },
    hasAnswered: (id) => answered.has(id),
    isAskedFor: (replicaId) => challenges.some((each) => each.replicaId === replicaId),
    async look() {
      const known = challenges.map(({ id }) => id)
      // What is known is asked about in the same breath: once it is announced, little time is left to answer.
      const [ids, ...again] = await Promise.all([
        chain.challengeIds(),
        ...known.map(chain.challenge),
      ])
      const added = ids.filter((id) => !known.includes(id))
      const found = [...again, ...(await Promise.all(added.map(chain.challenge)))]
      challenges = found.filter((challenge) => challenge !== undefined)
      const open = challenges.filter((challenge) => challenge.seed !== undefined)
      attempts = new Map(
        (open as OpenChallenge[]).map((challenge) => {
          const attempt = attempts.get(challenge.id)
          // After a reorganisation the same id may ask for something else.
          const isSame = attempt?.challenge.seed === challenge.seed
          return [challenge.id, isSame ? attempt! : { challenge }]
        }),
      )
    },
    async answer(head) {
      await Promise.all([...attempts.values()].map((attempt) => answerOne(attempt, head)))
    },
  }
}

const isRoot = (hex: string, root: Uint8Array): boolean =>
  equalsBytes(hexToBytes(hex as `0x${string}`), root)
