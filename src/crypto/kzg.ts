import { hexToBytes, type KZG, type PrefixedHexString } from '@ethereumjs/util'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bytesToNumberBE } from '@noble/curves/utils.js'

const { G1, G2, fields, pairingBatch } = bls12_381
const { Fp12, Fr } = fields

/** τ·G2 of Ethereum's ceremony: all of its setup that checking one opening needs (EIP-4844). */
const TAU_G2 = G2.Point.fromHex(
  'b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2',
)

const parsePoint = (hex: string) => {
  const point = G1.Point.fromBytes(hexToBytes(hex as PrefixedHexString))
  point.assertValidity()
  return point
}

const parseScalar = (hex: string): bigint => {
  const scalar = bytesToNumberBE(hexToBytes(hex as PrefixedHexString))
  if (!Fr.isValid(scalar)) throw new Error(`C_KZG_BADARGS: ${hex} is not below the group order`)
  return scalar
}

/** Whether the polynomial committed to has the value y at z: e(C − y·G1, G2) = e(π, τ·G2 − z·G2). */
function verifyProof(commitment: string, z: string, y: string, proof: string): boolean {
  try {
    const value = parsePoint(commitment).subtract(G1.Point.BASE.multiplyUnsafe(parseScalar(y)))
    const shift = TAU_G2.subtract(G2.Point.BASE.multiplyUnsafe(parseScalar(z)))
    const pairs = [
      { g1: value.negate(), g2: G2.Point.BASE },
      { g1: parsePoint(proof), g2: shift },
    ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0())
    return pairs.length === 0 || Fp12.eql(pairingBatch(pairs), Fp12.ONE)
  } catch {
    return false
  }
}

const unused = (): never => {
  throw new Error('blobs themselves are no part of execution')
}

/** What execution asks of KZG commitments: the point evaluation precompile at 0x0a. */
export const kzg: KZG = {
  verifyProof,
  blobToKzgCommitment: unused,
  computeBlobProof: unused,
  verifyBlobProofBatch: unused,
  computeCells: unused,
  computeCellsAndProofs: unused,
  recoverCellsAndProofs: unused,
  verifyCellKzgProofBatch: unused,
}
