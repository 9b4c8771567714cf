import { GenaroError } from '../util/errors.ts'

export type CryptoErrorCode = 'BAD_SIGNATURE' | 'BAD_KEY' | 'BAD_HASH' | 'BAD_SEED'

/** Keys, hashes and signatures that no algorithm here accepts. Never carries secret bytes. */
export class CryptoError extends GenaroError<CryptoErrorCode> {}

/** Refuses bytes that do not have the one length their use allows. */
export function expectLength(
  code: CryptoErrorCode,
  name: string,
  bytes: Uint8Array,
  length: number,
): void {
  if (bytes instanceof Uint8Array && bytes.length === length) return
  throw new CryptoError(code, {
    message: `${name} must be ${length} bytes, got ${bytes?.length}`,
    facts: { name, expectedBytes: length, actualBytes: bytes?.length },
  })
}
