// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sampling} from "../libraries/Sampling.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {InspectionRecords} from "./InspectionRecords.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title The trees that farmers keep of their replicas
/// @notice Farmers show with paths how their trees change; the chain keeps root, sum and height. A replica counts and
/// earns from when it joined, though not while its tree is too small to be asked about. A tree stands still while a
/// scheduled challenge asks about it. Replicas that ended are in it until they are released, which anybody may do with
/// them; then they are dead, and have to be dropped.
abstract contract FarmerTrees is InspectionRecords {
    /// @notice One call takes 1 to 64 changes.
    error BatchOutOfRange(uint256 count);
    /// @notice A challenge of the node is pending; its tree changes again once that is settled.
    error TreeFrozen(uint256 node, uint256 challengeId);
    /// @notice The replica is on another node, or has another root or number of leaves.
    error ReplicaMismatch(bytes32 replicaId);
    /// @notice The replica stands in the tree already.
    error AlreadyJoined(bytes32 replicaId);
    /// @notice The replica does not stand in this node's tree, or was not released.
    error NotDroppable(bytes32 replicaId);
    /// @notice The siblings do not lead from this place to the tree's root.
    error WrongPath(bytes32 replicaId, uint256 place);

    event ReplicaJoined(
        uint256 indexed node,
        bytes32 indexed replicaId,
        bytes32 root,
        uint32 leafCount,
        uint32 place
    );
    event ReplicaDropped(uint256 indexed node, bytes32 indexed replicaId, uint32 place);

    /// @notice A replica put into a place of the tree, or taken out of it. `siblings` is the path of the place
    /// from the leaf up: each the sum (uint64) and the hash, 40 bytes.
    struct TreeChange {
        bytes32 replicaId;
        bytes32 root;
        uint32 leafCount;
        uint32 place;
        bytes siblings;
    }

    uint256 private constant MAX_BATCH = 64;

    /// @notice Puts registered replicas of the caller's node into empty places of its tree. A place beyond the tree's
    /// end makes it grow, with the old tree on the left.
    /// @param changes 1 to 64, each path against the root the one before left.
    function join(uint64 node, TreeChange[] calldata changes) external {
        Tree storage tree = _requireChangeable(node, changes.length);
        if (tree.closed) revert NodeClosed(node);
        bool watched = _isWatched(tree);
        for (uint256 i; i < changes.length; i++) _join(node, tree, changes[i]);
        _noteWatched(tree, watched);
    }

    /// @notice Takes released replicas out of the tree of the caller's node.
    /// @param changes 1 to 64, each path against the root the one before left.
    function drop(uint64 node, TreeChange[] calldata changes) external {
        Tree storage tree = _requireChangeable(node, changes.length);
        bool watched = _isWatched(tree);
        for (uint256 i; i < changes.length; i++) _drop(node, tree, changes[i]);
        _noteWatched(tree, watched);
    }

    /// @notice Counts a released replica as dead where it had joined; for the Replicas contract.
    function replicaReleased(bytes32 replicaId, uint32 leafCount) external {
        if (msg.sender != SystemAddresses.REPLICAS) {
            revert OnlyContract(SystemAddresses.REPLICAS, msg.sender);
        }
        JoinedReplica storage replica = _joined[replicaId];
        if (!replica.joined) return;
        Tree storage tree = _trees[replica.node];
        if (tree.closed) {
            delete _joined[replicaId];
            return;
        }
        replica.releasedSlot = uint48(_slot());
        tree.deadLeaves += leafCount;
        if (replica.paid) tree.paidLeaves -= leafCount;
    }

    function _requireChangeable(uint64 node, uint256 count) private view returns (Tree storage tree) {
        if (count == 0 || count > MAX_BATCH) revert BatchOutOfRange(count);
        _requireOwner(node);
        tree = _trees[node];
        if (tree.challengeId != 0) revert TreeFrozen(node, tree.challengeId);
    }

    function _join(uint64 node, Tree storage tree, TreeChange calldata change) private {
        bytes32 id = change.replicaId;
        JoinedReplica storage replica = _joined[id];
        if (replica.joined) revert AlreadyJoined(id);
        bool paid = _requireMatch(node, change);
        if (tree.totalLeaves < Sampling.REGION_COUNT) _restart(node, tree);
        tree.joinedSince = true;
        replica.joined = true;
        replica.node = node;
        replica.paid = paid;
        uint48 settledTime = tree.lastSettledTime;
        replica.startProvenSeconds = tree.provenSeconds;
        replica.settledTime = settledTime;
        replica.lateSeconds = uint32(block.timestamp - settledTime);
        _growTo(tree, change.place);
        bytes32 entry = SumTree.entryHash(id, change.root, change.leafCount);
        tree.root = _replace(tree, change, 0, 0, entry, change.leafCount);
        tree.totalLeaves += change.leafCount;
        if (paid) tree.paidLeaves += change.leafCount;
        emit ReplicaJoined(node, id, change.root, change.leafCount, change.place);
    }

    function _drop(uint64 node, Tree storage tree, TreeChange calldata change) private {
        bytes32 id = change.replicaId;
        JoinedReplica storage replica = _joined[id];
        if (replica.node != node || replica.releasedSlot == 0) revert NotDroppable(id);
        delete _joined[id];
        bytes32 entry = SumTree.entryHash(id, change.root, change.leafCount);
        tree.root = _replace(tree, change, entry, change.leafCount, 0, 0);
        tree.totalLeaves -= change.leafCount;
        tree.deadLeaves -= change.leafCount;
        emit ReplicaDropped(node, id, change.place);
    }

    function _requireMatch(uint64 node, TreeChange calldata change) private view returns (bool) {
        (uint64 holder, bytes32 root, uint32 leafCount, bool paid) =
            _replicas().joinable(change.replicaId);
        if (holder != node || root != change.root || leafCount != change.leafCount) {
            revert ReplicaMismatch(change.replicaId);
        }
        return paid;
    }

    function _growTo(Tree storage tree, uint256 place) private {
        uint8 height = tree.height;
        if (place >> height == 0) return;
        bytes32 root = tree.root;
        uint64 totalLeaves = tree.totalLeaves;
        for (; place >> height != 0; height++) {
            if (totalLeaves != 0) root = SumTree.join(totalLeaves, root, 0, 0);
        }
        tree.root = root;
        tree.height = height;
    }

    /// @dev The tree's root with another node at a place, after the path was shown to lead from the present one to
    /// the present root. Sums need no look: the hashes stand for them.
    function _replace(
        Tree storage tree,
        TreeChange calldata change,
        bytes32 oldHash,
        uint256 oldSum,
        bytes32 newHash,
        uint256 newSum
    ) private view returns (bytes32 root) {
        bytes calldata path = change.siblings;
        uint256 siblings;
        assembly ("memory-safe") {
            siblings := path.offset
        }
        uint256 height = tree.height;
        uint256 place = change.place;
        (root,,) = SumTree.climb(siblings, height, place, oldHash, oldSum);
        bool fits = place >> height == 0 && path.length == height * SumTree.SIBLING_BYTES;
        if (!fits || root != tree.root) revert WrongPath(change.replicaId, place);
        (root,,) = SumTree.climb(siblings, height, place, newHash, newSum);
    }
}
