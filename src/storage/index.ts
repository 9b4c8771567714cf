/** `genaro/storage`: running a farmer. */
export { createFarmer } from './farmer/createFarmer.ts'
export type { Farmer } from './farmer/farmer.ts'
