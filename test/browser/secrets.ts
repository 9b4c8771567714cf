import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { unwrapFileKey, wrapFileKey } from '../../src/crypto/fileKey.ts'
import { openManifest, sealManifest } from '../../src/crypto/manifestCipher.ts'
import { boxPublicKey, openBox, sealBox } from '../../src/crypto/sealedBox.ts'
import { bucketKey, fileId, stewardKey } from './keyDigests.ts'
import { bytesNamed, type Digests, digest } from './named.ts'

/** Sealed messages in hex. Each has random bytes of its own, so another runtime has to open them. */
export interface SealedSecrets {
  fileKey: string
  manifest: string
  box: string
}

const secret = bytesNamed('secret', 32)
const context = bytesNamed('context', 20)

/** What every one of the messages holds. */
export const secretDigest = digest(secret)

export const sealSecrets = async (): Promise<SealedSecrets> => ({
  fileKey: bytesToHex(await wrapFileKey({ bucketKey, fileId }, secret)),
  manifest: bytesToHex(await sealManifest(bucketKey, secret)),
  box: bytesToHex(await sealBox(boxPublicKey(stewardKey), secret, context)),
})

export async function openSecrets({ fileKey, manifest, box }: SealedSecrets): Promise<Digests> {
  const opened = await openBox(stewardKey, hexToBytes(box), context)
  return {
    fileKey: digest(await unwrapFileKey({ bucketKey, fileId }, hexToBytes(fileKey))),
    manifest: digest(await openManifest(bucketKey, hexToBytes(manifest))),
    box: opened === undefined ? 'closed' : digest(opened),
  }
}
