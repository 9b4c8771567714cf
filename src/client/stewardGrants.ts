import { bytesToHex } from '@ethereumjs/util'
import { replicasContract } from '../api/contracts.ts'
import { read } from '../api/send.ts'
import { keccak256 } from '../crypto/keccak.ts'
import { deriveStewardKey } from '../crypto/keys.ts'
import { boxPublicKey, openBox, sealBox } from '../crypto/sealedBox.ts'
import { createFileLayout } from '../protocol/fileLayout.ts'
import {
  decodeStewardGrant,
  encodeStewardGrant,
  type StewardGrant,
  stewardGrantData,
  stewardKeyData,
} from '../protocol/stewardGrant.ts'
import type { ClientContext } from './context.ts'
import { ClientError } from './errors.ts'
import { bytesOf, parseFileId } from './fileSecrets.ts'
import { findFile } from './findFile.ts'

/**
 * The public key that grants for this client's account are sealed for, signed by the account: one line of text to give
 * to owners. It comes from the master seed, since signing keys are used for nothing else.
 */
export async function stewardKey(context: ClientContext): Promise<string> {
  const { masterSeed, account, signer, chainId } = context
  const publicKey = bytesToHex(boxPublicKey(deriveStewardKey(masterSeed, bytesOf(account))))
  const signature = await stewardKeyData.sign(signer, chainId, { steward: account, publicKey })
  return [KEY_WORD, account, publicKey, signature].join(':')
}

/** A grant as it is handed over, in a file of its own; it is of use to one account alone. */
export interface SealedGrant {
  version: 1
  bucketId: string
  steward: string
  /** What is sealed, in hex. */
  sealed: string
  /** The bucket owner's, over all of it. */
  signature: string
}

/**
 * Makes the grant of a file for the steward its bucket has on chain. Throws `ClientError`: `BAD_GRANT` for a key that
 * the account did not sign, `NOT_STEWARD`, and as `findFile` does.
 */
export async function grantSteward(
  context: ClientContext,
  id: string,
  keyText: string,
  options: { bucketId?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<SealedGrant> {
  const { steward, publicKey } = readKey(context, keyText)
  const file = await findFile(context, parseFileId(id), options)
  const { bucketId, manifest, secrets } = file
  await expectSteward(context, bucketId, steward)
  const grant = encodeStewardGrant({
    bucketId: manifest.bucketId,
    fileId: manifest.fileId,
    ...secrets.replicaKeys,
    shape: manifest.shape,
    segments: manifest.segments,
  })
  const box = await sealBox(bytesOf(publicKey), grant, associatedOf(bucketId, steward))
  const grantHash = bytesToHex(keccak256(box))
  return {
    version: 1,
    bucketId,
    steward,
    sealed: bytesToHex(box),
    signature: await stewardGrantData.sign(context.signer, context.chainId, {
      bucketId,
      steward,
      grantHash,
    }),
  }
}

/** A grant may be for a file of terabytes, but not of any size. */
const MAX_GRANT_CHARACTERS = 2 ** 26

/** Opens a grant for this client's account. Throws `ClientError` `BAD_GRANT`. */
export async function openGrant(context: ClientContext, text: string): Promise<StewardGrant> {
  const { version, bucketId, steward, sealed, signature } = parseGrant(text)
  if (version !== 1) throw badGrant('its version is unknown')
  if (steward !== context.account) throw badGrant(`it is for ${steward}, not ${context.account}`)
  const box = bytesOf(sealed)
  const signed = { bucketId, steward, grantHash: bytesToHex(keccak256(box)) }
  // A bucket's id begins with its owner's address.
  const owner = bucketId.slice(0, 42)
  if (!stewardGrantData.isSignedBy(owner, context.chainId, signed, signature)) {
    throw badGrant("the bucket's owner did not sign it")
  }
  const secret = deriveStewardKey(context.masterSeed, bytesOf(context.account))
  const bytes = await openBox(secret, box, associatedOf(bucketId, steward))
  if (bytes === undefined) throw badGrant('it was sealed for the key of another master seed')
  try {
    const grant = decodeStewardGrant(bytes)
    const { segmentCount } = createFileLayout(grant.shape)
    const isSame = bytesToHex(grant.bucketId) === bucketId
    if (isSame && grant.segments.length === segmentCount) return grant
  } catch (cause) {
    throw badGrant('what is sealed in it is no grant', cause)
  }
  throw badGrant('its parts do not fit each other')
}

/** Throws `ClientError` `NOT_STEWARD` unless the chain names the account steward of the bucket. */
export async function expectSteward(
  { provider }: Pick<ClientContext, 'provider'>,
  bucketId: string,
  steward: string,
): Promise<void> {
  const named = await read(() => replicasContract(provider).stewardOf(bucketId))
  if (named.toLowerCase() === steward) return
  throw new ClientError('NOT_STEWARD', {
    message: `${steward} is not the steward of bucket ${bucketId}`,
    hint: 'Its owner names one with `genaro steward name`.',
    facts: { bucketId, steward, named },
  })
}

const KEY_WORD = 'genaro-steward'
const KEY = /^genaro-steward:(0x[0-9a-f]{40}):(0x[0-9a-f]{64}):(0x[0-9a-f]{130})$/

function readKey({ chainId }: ClientContext, text: string): { steward: string; publicKey: string } {
  const [, steward = '', publicKey = '', signature = ''] = KEY.exec(text.trim()) ?? []
  if (stewardKeyData.isSignedBy(steward, chainId, { steward, publicKey }, signature)) {
    return { steward, publicKey }
  }
  throw new ClientError('BAD_GRANT', {
    message: 'This is not the key of a steward, signed by its account for this chain',
    hint: 'Pass what `genaro steward key` prints for the steward.',
  })
}

const HEX = /^0x([0-9a-f]{2})+$/

function parseGrant(text: string): SealedGrant {
  if (text.length > MAX_GRANT_CHARACTERS) throw badGrant('it is too large')
  let grant: Partial<SealedGrant> | null
  try {
    grant = JSON.parse(text)
  } catch (cause) {
    throw badGrant('it is not JSON', cause)
  }
  const isHex = (value: unknown, bytes?: number): boolean =>
    typeof value === 'string' &&
    HEX.test(value) &&
    (bytes === undefined || value.length === 2 + 2 * bytes)
  const isForm =
    isHex(grant?.bucketId, 32) &&
    isHex(grant?.steward, 20) &&
    isHex(grant?.signature, 65) &&
    isHex(grant?.sealed)
  if (!isForm) throw badGrant('fields are missing or malformed')
  return grant as SealedGrant
}

const associatedOf = (bucketId: string, steward: string): Uint8Array =>
  new TextEncoder().encode(`${bucketId}:${steward}`)

const badGrant = (what: string, cause?: unknown): ClientError =>
  new ClientError('BAD_GRANT', {
    message: `This grant cannot be used: ${what}`,
    hint: "Ask the file's owner for a new one, made by `genaro steward grant`.",
    cause,
  })
