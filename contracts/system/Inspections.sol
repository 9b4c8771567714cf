// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerkleProof} from "../libraries/MerkleProof.sol";
import {Sampling} from "../libraries/Sampling.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {ExtraChallenges} from "./ExtraChallenges.sol";
import {FarmerTrees} from "./FarmerTrees.sol";
import {InspectionSchedule} from "./InspectionSchedule.sol";
import {InspectionViews} from "./InspectionViews.sol";

/// @title The public proof of retrievability
/// @notice Farmers keep a Merkle-sum tree of their replicas; each round every farmer answers one challenge
/// drawn from the beacon, and three failures in a row discharge its node.
/// @custom:predeploy 0x600000000000000000000000000000000000000a
contract Inspections is InspectionViews, FarmerTrees, InspectionSchedule, ExtraChallenges {
    /// @notice The challenge has no seed yet.
    error NotOpenYet(uint256 challengeId);
    /// @notice The deadline has passed.
    error TooLate(uint256 challengeId, uint256 deadlineSlot);
    /// @notice The anchor is not one of the last four blocks of this chain.
    error StaleAnchor(uint256 anchorNumber);
    /// @notice The proof does not answer the challenge: at `position`, counted in leaves, it is wrong or too short; at
    /// the number of leaves, too long.
    error BadProof(uint256 challengeId, uint256 position);

    uint256 private constant MAX_ANCHOR_AGE = 4;
    // Before the path: flag ‖ replica id ‖ root ‖ leaf count (uint32) ‖ place (uint32).
    uint256 private constant HEADER_BYTES = 73;

    struct Part {
        bool excused;
        bytes32 replicaId;
        bytes32 root;
        uint256 leafCount;
        uint256 place;
        uint256 firstLeaf;
    }

    /// @notice Answers a challenge of the caller's node (special transaction of kind 10).
    /// @param anchorNumber One of the last four blocks, whose hash is `anchorHash`: the answer counts on no fork
    /// without it.
    /// @param proof For the whole tree, for each replica that is touched: its header, its path, and unless it was
    /// released before the snapshot its leaves and hashes. For one replica, leaves and hashes.
    function answer(
        uint64 challengeId,
        uint64 anchorNumber,
        bytes32 anchorHash,
        bytes calldata proof
    ) external {
        Challenge storage item = _pending(challengeId);
        address farmer = _requireOwner(item.node);
        if (item.seed == 0) revert NotOpenYet(challengeId);
        uint256 deadline = item.deadlineClock;
        if (_laneClock() > deadline) revert TooLate(challengeId, deadline + _queue.fullSlots);
        _requireAnchor(anchorNumber, anchorHash);
        if (item.replicaId == 0) {
            _verifyTree(challengeId, item, proof);
            _passScheduled(challengeId, item);
        } else {
            _verifyReplica(challengeId, item, proof);
            _passExtra(challengeId, item, farmer);
        }
    }

    function _requireAnchor(uint256 number, bytes32 hash) private view {
        bool isRecent = number < block.number && number + MAX_ANCHOR_AGE >= block.number;
        if (!isRecent || hash == 0 || blockhash(number) != hash) revert StaleAnchor(number);
    }

    function _verifyTree(uint256 id, Challenge storage item, bytes calldata proof) private view {
        Tree storage tree = _trees[item.node];
        uint256 totalLeaves = tree.totalLeaves;
        uint256[] memory samples = Sampling.positions(item.seed, totalLeaves);
        (uint256 cursor, uint256 end) = _bounds(proof);
        uint256 done;
        Part memory part;
        while (done < samples.length) {
            bytes32 root;
            uint256 sum;
            (root, sum, cursor) = _readPart(part, tree.height, cursor);
            uint256 count = _countWithin(samples, done, part);
            bool isTrue = root == tree.root && sum == totalLeaves && count != 0
                && part.excused == _isExcused(part.replicaId, item.snapshotSlot);
            if (!isTrue) revert BadProof(id, samples[done]);
            if (!part.excused) {
                uint256[] memory indices = _indicesWithin(samples, done, count, part.firstLeaf);
                (root, cursor) = MerkleProof.climb(part.leafCount, indices, cursor);
                if (root != part.root) revert BadProof(id, samples[done]);
            }
            done += count;
        }
        if (cursor != end) revert BadProof(id, totalLeaves);
    }

    function _verifyReplica(uint256 id, Challenge storage item, bytes calldata proof) private view {
        (, bytes32 root, uint32 leafCount,) = _replicas().joinable(item.replicaId);
        uint256[] memory samples = Sampling.positions(item.seed, leafCount);
        (uint256 cursor, uint256 end) = _bounds(proof);
        uint256 first = samples[0];
        bytes32 found;
        (found, cursor) = MerkleProof.climb(leafCount, samples, cursor);
        if (found != root) revert BadProof(id, first);
        if (cursor != end) revert BadProof(id, leafCount);
    }

    /// @dev Reads the header at `cursor` in the call data, and climbs the path behind it.
    function _readPart(Part memory part, uint256 height, uint256 cursor)
        private
        pure
        returns (bytes32 root, uint256 sum, uint256 next)
    {
        uint256 flag;
        bytes32 replicaId;
        bytes32 replicaRoot;
        uint256 numbers;
        assembly ("memory-safe") {
            flag := byte(0, calldataload(cursor))
            replicaId := calldataload(add(cursor, 1))
            replicaRoot := calldataload(add(cursor, 33))
            numbers := shr(192, calldataload(add(cursor, 65)))
        }
        if (flag > 1) return (0, 0, cursor);
        part.excused = flag == 1;
        part.replicaId = replicaId;
        part.root = replicaRoot;
        part.leafCount = numbers >> 32;
        part.place = numbers & type(uint32).max;
        next = cursor + HEADER_BYTES;
        bytes32 entry = SumTree.entryHash(replicaId, replicaRoot, part.leafCount);
        (root, sum, part.firstLeaf) =
            SumTree.climb(next, height, part.place, entry, part.leafCount);
        next += height * SumTree.SIBLING_BYTES;
    }

    /// @dev How many of the next samples lie in the replica.
    function _countWithin(uint256[] memory samples, uint256 done, Part memory part)
        private
        pure
        returns (uint256 count)
    {
        uint256 end = part.firstLeaf + part.leafCount;
        if (samples[done] < part.firstLeaf) return 0;
        while (done + count < samples.length && samples[done + count] < end) count++;
    }

    function _indicesWithin(uint256[] memory samples, uint256 done, uint256 count, uint256 firstLeaf)
        private
        pure
        returns (uint256[] memory indices)
    {
        indices = new uint256[](count);
        for (uint256 i; i < count; i++) indices[i] = samples[done + i] - firstLeaf;
    }

    /// @dev Whether nothing is to be shown of a replica: it was released before the tree was asked about.
    function _isExcused(bytes32 replicaId, uint256 snapshotSlot) private view returns (bool) {
        uint256 releasedSlot = _joined[replicaId].releasedSlot;
        return releasedSlot != 0 && releasedSlot < snapshotSlot;
    }

    function _bounds(bytes calldata proof) private pure returns (uint256 start, uint256 end) {
        assembly ("memory-safe") {
            start := proof.offset
            end := add(proof.offset, proof.length)
        }
    }
}
