import { GenaroError } from '../util/errors.ts'

export type P2PErrorCode =
  | 'ABORTED'
  | 'BAD_ADDRESS'
  | 'BAD_DATASTORE'
  | 'BAD_MESSAGE'
  | 'BAD_NODE_KEY'
  | 'BAD_PEER_RECORD'
  | 'CANNOT_LISTEN'
  | 'DIAL_DENIED'
  | 'FRAME_TOO_LARGE'
  | 'PEER_BANNED'
  | 'PROTOCOL_UNSUPPORTED'
  | 'RATE_LIMITED'
  | 'REFUSED'
  | 'STREAM_CLOSED'
  | 'TIMED_OUT'
  | 'UNREACHABLE'

/**
 * What can go wrong between two peers. `BAD_MESSAGE`, `FRAME_TOO_LARGE` and `BAD_PEER_RECORD` are the
 * other side's fault; `REFUSED` carries its own code and words under `facts`.
 */
export class P2PError extends GenaroError<P2PErrorCode> {}
