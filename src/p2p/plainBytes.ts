/**
 * The same bytes as a plain array. Sockets and LevelDB give Buffers, whose `slice` shares memory where every
 * other array's copies.
 */
export const plainBytes = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
