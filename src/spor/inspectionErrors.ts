import { GenaroError } from '../util/errors.ts'

export type InspectionErrorCode =
  | 'BAD_SEED'
  | 'BAD_REGION_COUNT'
  | 'TOO_FEW_LEAVES'
  | 'BAD_ENTRY'
  | 'BAD_PLACE'
  | 'PLACE_TAKEN'
  | 'PLACE_EMPTY'
  | 'OUT_OF_RANGE'
  | 'BAD_LENGTH'
  | 'BAD_FLAG'
  | 'BAD_PATH'
  | 'WRONG_REPLICA'
  | 'BAD_LEAVES'

/** Inspections that cannot be asked, trees that cannot be changed so, and answers that prove nothing. */
export class InspectionError extends GenaroError<InspectionErrorCode> {}
