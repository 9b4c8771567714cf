import { bigIntToBytes, bytesToBigInt, concatBytes, setLengthLeft } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { inspectionsKey } from '../../src/protocol/slots.ts'
import {
  type StorageVariable,
  SYSTEM_CONTRACT_ARTIFACTS,
  type SystemContractArtifact,
} from '../../src/protocol/systemContracts.ts'
import type { ContractBench } from './contractBench.ts'

type Owner = 'Inspections' | 'Replicas'

const word = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32)

/** Where a variable of a contract stands. */
export function variableAt(owner: Owner, label: string): bigint {
  const layout: readonly StorageVariable[] = SYSTEM_CONTRACT_ARTIFACTS[owner].storageLayout
  return BigInt(layout.find((variable) => variable.label === label)!.slot)
}

/** Where the struct under a key of a mapping begins. */
export const entryAt = (owner: Owner, label: string, key: bigint): bigint =>
  bytesToBigInt(keccak_256(concatBytes(word(key), word(variableAt(owner, label)))))

/** Overwrites fields of a struct in a contract's storage and leaves its other fields as they are. */
export async function putFields(
  bench: ContractBench,
  struct: { owner: Owner; name: string; first: bigint },
  fields: Record<string, bigint>,
): Promise<void> {
  const { owner, name, first } = struct
  const { structs }: SystemContractArtifact = SYSTEM_CONTRACT_ARTIFACTS[owner]
  const address = systemContractAddress(owner)
  for (const [label, value] of Object.entries(fields)) {
    const { slot, offset, type } = structs[name]!.find((member) => member.label === label)!
    const key = word(first + BigInt(slot))
    const shift = BigInt(8 * offset)
    const present = bytesToBigInt(await bench.evm.stateManager.getStorage(address, key))
    const mask = ((1n << widthOf(type)) - 1n) << shift
    await bench.putSystemStorage(owner, key, (present & ~mask) | (value << shift))
  }
}

function widthOf(type: string): bigint {
  if (type === 't_bool') return 8n
  if (type === 't_address') return 160n
  return BigInt(/\d+$/.exec(type)![0]) * (type.startsWith('t_bytes') ? 8n : 1n)
}

/** A node's tree. */
export const putTree = (bench: ContractBench, node: bigint, fields: Record<string, bigint>) =>
  putFields(
    bench,
    { owner: 'Inspections', name: 'Tree', first: entryAt('Inspections', '_trees', node) },
    fields,
  )

/** A pending challenge; it is the newest, and all before it are settled. */
export async function putChallenge(
  bench: ContractBench,
  id: bigint,
  fields: Record<string, bigint>,
): Promise<void> {
  const first = entryAt('Inspections', '_challenges', id)
  await putFields(bench, { owner: 'Inspections', name: 'Challenge', first }, fields)
  const queue = { owner: 'Inspections', name: 'Queue', first: variableAt('Inspections', '_queue') }
  const isOpen = (fields.seed ?? 0n) !== 0n
  await putFields(bench, queue as Struct, {
    lastId: id,
    openedId: isOpen ? id : id - 1n,
    settledId: id - 1n,
  })
  await bench.putSystemStorage('Inspections', inspectionsKey, 2n << 128n)
}

type Struct = Parameters<typeof putFields>[1]

/** What Inspections keeps of a replica that joined. */
export const putJoined = (bench: ContractBench, id: string, fields: Record<string, bigint>) =>
  putFields(
    bench,
    {
      owner: 'Inspections',
      name: 'JoinedReplica',
      first: entryAt('Inspections', '_joined', BigInt(id)),
    },
    fields,
  )

/** A running replica of a node, under an id that no offer has. */
export const putReplica = (
  bench: ContractBench,
  id: string,
  { node, root, leafCount }: { node: bigint; root: string; leafCount: number },
) =>
  putFields(
    bench,
    { owner: 'Replicas', name: 'Replica', first: entryAt('Replicas', '_replicas', BigInt(id)) },
    {
      node,
      root: BigInt(root),
      leafCount: BigInt(leafCount),
      startTime: 1n,
      endTime: 1n << 47n,
      filePosition: 1n,
    },
  )
