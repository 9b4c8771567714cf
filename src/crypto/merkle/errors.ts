import { GenaroError } from '../../util/errors.ts'

export type MerkleErrorCode = 'BAD_LEAF' | 'BAD_TREE' | 'BAD_PROOF'

/** Leaves, trees and proofs that do not have the form the protocol gives them. */
export class MerkleError extends GenaroError<MerkleErrorCode> {}
