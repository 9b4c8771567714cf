// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {GroupTree} from "../libraries/GroupTree.sol";
import {MerkleProof} from "../libraries/MerkleProof.sol";
import {GroupRecords} from "./GroupRecords.sol";
import {Inspections} from "./Inspections.sol";
import {Nodes} from "./Nodes.sol";
import {Params} from "./Params.sol";
import {Replicas} from "./Replicas.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title Sentinel groups an owner committed to, with which it can show a farmer's fault on chain
/// @notice The owner reveals where the sentinels of one group are, and the farmer has to know what stands there. A
/// commitment that the replica's own signed root contradicts is the owner's fault, and costs it the bond. Each group
/// is asked for once.
/// @custom:predeploy 0x600000000000000000000000000000000000000b
contract SentinelGroups is GroupRecords {
    /// @notice A group has 1 to 16 positions, ascending, each a leaf of the replica.
    error BadPositions(bytes32 replicaId);
    /// @notice A path is no longer than the largest tree is high.
    error PathTooLong(uint256 length);
    /// @notice A challenge needs exactly this bond.
    error WrongBond(uint256 neededWei, uint256 sentWei);
    /// @notice The replica's term is over, or its node was discharged.
    error NothingToChallenge(bytes32 replicaId);
    /// @notice Another group of the replica waits for its answer.
    error AlreadyChallenged(bytes32 replicaId);
    /// @notice This is not what the challenge revealed.
    error RevealMismatch(bytes32 replicaId);
    /// @notice The digest does not lead to what was committed to; if the owner is at fault, the leaves show it.
    error DigestMismatch(bytes32 replicaId);
    /// @notice Leaves and hashes do not lead to the replica's root.
    error BadProof(bytes32 replicaId);
    /// @notice The deadline has passed.
    error TooLate(bytes32 replicaId, uint256 deadlineSlot);
    /// @notice The farmer may still answer: up to the deadline's slot, and its block.
    error TooEarly(bytes32 replicaId, uint256 deadlineSlot);

    event GroupChallenged(
        uint256 indexed node,
        bytes32 indexed replicaId,
        Reveal reveal,
        uint256 bondWei,
        uint64 deadlineSlot
    );
    event GroupAnswered(uint256 indexed node, bytes32 indexed replicaId);
    event OwnerAtFault(uint256 indexed node, bytes32 indexed replicaId, address indexed owner);
    event GroupUnanswered(uint256 indexed node, bytes32 indexed replicaId, bool struck);

    /// @notice What the owner tells of one group: where its sentinels are, and its path to the commitment.
    struct Reveal {
        uint32 group;
        bytes32 salt;
        uint32[] positions;
        bytes32[] path;
    }

    uint256 private constant MAX_POSITIONS = 16;
    uint256 private constant MAX_PATH = 20;

    // The first slot in which silence strikes the node again.
    mapping(uint256 node => uint256) private _nextStrikeSlot;

    /// @notice Asks a farmer for a group of a replica in a bucket of the caller. The bond goes back if the farmer does
    /// not answer in time, and to the farmer if it does. One group of a replica at a time; others' replicas take no
    /// place away. Answers are ordinary transactions, so there is a whole period of inspections for them, and at
    /// least half as many blocks as that has slots.
    function challenge(bytes32 replicaId, Reveal calldata reveal) external payable {
        Replicas.ReplicaView memory replica = _replicas().replicaOf(replicaId);
        _requireOwner(replica.bucketId);
        (uint256 periodSlots,, uint256 bondWei) = _params().inspectionTerms();
        if (msg.value != bondWei) revert WrongBond(bondWei, msg.value);
        bool isOver = replica.endTime <= block.timestamp || _nodes().isDischarged(replica.node);
        if (isOver) revert NothingToChallenge(replicaId);
        _requireInRange(replicaId, replica.leafCount, reveal);
        if (_challenges[replicaId].revealHash != 0) revert AlreadyChallenged(replicaId);
        _burn(replicaId, reveal.group);
        uint64 deadlineSlot = uint64(_slot() + periodSlots);
        _challenges[replicaId] = Challenge({
            revealHash: keccak256(abi.encode(reveal)),
            root: replica.root,
            challenger: msg.sender,
            node: replica.node,
            leafCount: replica.leafCount,
            bondWei: uint128(bondWei),
            deadlineSlot: deadlineSlot,
            deadlineBlock: uint64(block.number + periodSlots / 2)
        });
        emit GroupChallenged(replica.node, replicaId, reveal, bondWei, deadlineSlot);
    }

    /// @notice Answers with the digest of the leaves asked for: enough where the commitment is true.
    function answerDigest(bytes32 replicaId, Reveal calldata reveal, bytes32 digest) external {
        Challenge memory item = _requireAnswerable(replicaId, reveal);
        if (!_isCommitted(replicaId, reveal, digest)) revert DigestMismatch(replicaId);
        _pass(replicaId, item);
    }

    /// @notice Answers with the leaves themselves. Where they are the replica's own and not what was committed to, the
    /// owner is at fault, and none of the commitment counts any more.
    /// @param proof The leaves, 1,024 bytes each, then the hashes missing up to the replica's root.
    function answerLeaves(bytes32 replicaId, Reveal calldata reveal, bytes calldata proof) external {
        Challenge memory item = _requireAnswerable(replicaId, reveal);
        if (!_isOfReplica(item, reveal.positions, proof)) revert BadProof(replicaId);
        bytes32 digest = keccak256(proof[:reveal.positions.length * MerkleProof.LEAF_BYTES]);
        if (!_isCommitted(replicaId, reveal, digest)) {
            _commitments[replicaId].groupsRoot = 0;
            emit OwnerAtFault(item.node, replicaId, item.challenger);
        }
        _pass(replicaId, item);
    }

    /// @notice Settles a challenge whose deadline passed: the replica is forfeited, and the node struck, though not
    /// twice within a round. Anyone may call it.
    function settle(bytes32 replicaId) external {
        Challenge memory item = _pending(replicaId);
        if (!_isLate(item)) revert TooEarly(replicaId, item.deadlineSlot);
        _end(replicaId, item, item.challenger);
        bool isFault = _isFault(replicaId, item.node);
        bool struck = isFault && _claimStrike(item.node);
        emit GroupUnanswered(item.node, replicaId, struck);
        if (isFault) _replicas().forfeit(replicaId);
        if (struck) Inspections(payable(SystemAddresses.INSPECTIONS)).strike(item.node);
    }

    /// @dev A farmer need not keep what was released meanwhile, or has ended.
    function _isFault(bytes32 replicaId, uint256 node) private view returns (bool) {
        if (!_replicas().isHeld(replicaId) || _nodes().isDischarged(node)) return false;
        return _replicas().replicaOf(replicaId).endTime > block.timestamp;
    }

    /// @dev One absence is one failure, however many groups were asked for in it.
    function _claimStrike(uint256 node) private returns (bool) {
        uint256 slot = _slot();
        if (slot < _nextStrikeSlot[node]) return false;
        (uint256 periodSlots,,) = _params().inspectionTerms();
        _nextStrikeSlot[node] = slot + periodSlots;
        return true;
    }

    function _pass(bytes32 replicaId, Challenge memory item) private {
        emit GroupAnswered(item.node, replicaId);
        _end(replicaId, item, _nodes().ownerOf(item.node));
    }

    function _requireInRange(bytes32 replicaId, uint256 leafCount, Reveal calldata reveal) private pure {
        uint32[] calldata positions = reveal.positions;
        bool inRange = positions.length != 0 && positions.length <= MAX_POSITIONS;
        for (uint256 i; inRange && i < positions.length; i++) {
            inRange = positions[i] < leafCount && (i == 0 || positions[i] > positions[i - 1]);
        }
        if (!inRange) revert BadPositions(replicaId);
        if (reveal.path.length > MAX_PATH) revert PathTooLong(reveal.path.length);
    }

    function _requireAnswerable(bytes32 replicaId, Reveal calldata reveal)
        private
        view
        returns (Challenge memory item)
    {
        item = _pending(replicaId);
        if (item.revealHash != keccak256(abi.encode(reveal))) revert RevealMismatch(replicaId);
        if (_isLate(item)) revert TooLate(replicaId, item.deadlineSlot);
    }

    /// @dev Nobody can answer in a slot without a block: while most of them have none, the deadline waits.
    function _isLate(Challenge memory item) private view returns (bool) {
        return _slot() > item.deadlineSlot && block.number > item.deadlineBlock;
    }

    function _isCommitted(bytes32 replicaId, Reveal calldata reveal, bytes32 digest)
        private
        view
        returns (bool)
    {
        Commitment storage commitment = _commitments[replicaId];
        bytes32 leaf = GroupTree.leafHash(reveal.group, reveal.salt, reveal.positions, digest);
        return GroupTree.climb(leaf, reveal.group, commitment.groupCount, reveal.path) == commitment.groupsRoot;
    }

    function _isOfReplica(Challenge memory item, uint32[] calldata positions, bytes calldata proof)
        private
        pure
        returns (bool)
    {
        uint256[] memory indices = new uint256[](positions.length);
        for (uint256 i; i < positions.length; i++) indices[i] = positions[i];
        uint256 start;
        assembly ("memory-safe") {
            start := proof.offset
        }
        (bytes32 root, uint256 end) = MerkleProof.climb(item.leafCount, indices, start);
        return root == item.root && end == start + proof.length;
    }

    function _nodes() private pure returns (Nodes) {
        return Nodes(payable(SystemAddresses.NODES));
    }

    function _params() private pure returns (Params) {
        return Params(payable(SystemAddresses.PARAMS));
    }
}
