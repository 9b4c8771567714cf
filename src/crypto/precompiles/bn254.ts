import { createCurveCodec, createPairingCheck, toWord } from './curve.ts'
import { BN254, FR_BYTES, G1_BYTES, loadMCL } from './mclModule.ts'

const module = await loadMCL(BN254)
const codec = createCurveCodec(module, {
  modulus: 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n,
  fieldBytes: 32,
  paddedBytes: 32,
  imaginaryFirst: true,
})
const checkPairings = createPairingCheck(module, codec)

const POINT_BYTES = 64
const SCALAR_BYTES = 32

const a = module._malloc(G1_BYTES)
const b = module._malloc(G1_BYTES)
const scalar = module._malloc(FR_BYTES)

/**
 * The alt_bn128 precompiles (EIP-196, EIP-197) on input of full length: bytes in, bytes out. They throw for
 * what is no field element, no point of the curve, or outside the subgroup of G2.
 */
export const bn254Precompiles = {
  add(input: Uint8Array): Uint8Array {
    codec.readG1(a, input.subarray(0, POINT_BYTES))
    codec.readG1(b, input.subarray(POINT_BYTES, 2 * POINT_BYTES))
    module._mclBnG1_add(a, a, b)
    return codec.writeG1(a)
  },
  mul(input: Uint8Array): Uint8Array {
    codec.readG1(a, input.subarray(0, POINT_BYTES))
    const bytes = codec.stage(input.subarray(POINT_BYTES, POINT_BYTES + SCALAR_BYTES))
    module._mclBnFr_setBigEndianMod(scalar, bytes, SCALAR_BYTES)
    module._mclBnG1_mul(b, a, scalar)
    return codec.writeG1(b)
  },
  pairing: (input: Uint8Array): Uint8Array => toWord(checkPairings(input)),
}
