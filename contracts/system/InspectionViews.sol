// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InspectionRecords} from "./InspectionRecords.sol";

/// @title Trees, challenges and outcomes as they are told outside
/// @notice The reading half of Inspections.
abstract contract InspectionViews is InspectionRecords {
    /// @notice A node's tree as it is told outside. Times are Unix seconds.
    struct TreeView {
        bytes32 root;
        uint64 totalLeaves;
        uint8 height;
        uint64 paidLeaves;
        uint64 deadLeaves;
        uint8 strikes;
        uint64 provenSeconds;
        uint64 lastSettledTime;
        // The scheduled challenge that freezes it; 0 for none.
        uint64 frozenBy;
    }

    /// @notice A waiting or open challenge as it is told outside.
    struct ChallengeView {
        uint64 node;
        // 0 for an extra challenge.
        uint64 round;
        // 0 for a scheduled challenge, which asks for the whole tree.
        bytes32 replicaId;
        bytes32 root;
        uint64 totalLeaves;
        uint8 height;
        // 0 until it opens.
        bytes32 seed;
        uint64 snapshotSlot;
        uint64 snapshotBlock;
        // The last slot it can be answered in; later if the lane fills. 0 until it opens.
        uint64 deadlineSlot;
        uint64 paidLeaves;
        address challenger;
        uint96 bondWei;
    }

    /// @notice A node's last scheduled challenges, at most 24.
    struct InspectionsView {
        uint8 passes;
        // Rounds it failed in, or in which its tree was too small to ask about.
        uint8 strikes;
        // Unix seconds; 0 when it never passed.
        uint64 lastPassedTime;
    }

    /// @notice The paid bytes that scheduled answers have proven since genesis, over all farmers.
    function totalInspections() external view returns (uint256) {
        return _totalInspections;
    }

    /// @notice A node's tree; zeros for a node that never joined a replica.
    function treeOf(uint256 node) external view returns (TreeView memory) {
        Tree storage tree = _trees[node];
        return TreeView({
            root: tree.root,
            totalLeaves: tree.totalLeaves,
            height: tree.height,
            paidLeaves: tree.paidLeaves,
            deadLeaves: tree.deadLeaves,
            strikes: tree.strikes,
            provenSeconds: tree.provenSeconds,
            lastSettledTime: tree.lastSettledTime,
            frozenBy: tree.challengeId
        });
    }

    /// @notice Whether a replica stands in its node's tree and was not released.
    function isJoined(bytes32 replicaId) external view returns (bool) {
        JoinedReplica storage replica = _joined[replicaId];
        return replica.joined && replica.releasedSlot == 0;
    }

    /// @notice The slot in which a replica that still stands in its node's tree was released; 0 for none.
    function releasedSlotOf(bytes32 replicaId) external view returns (uint256) {
        return _joined[replicaId].releasedSlot;
    }

    /// @notice The scheduled challenge a node waits for or has to answer; 0 for none.
    function openChallengeOf(uint256 node) external view returns (uint256) {
        return _trees[node].challengeId;
    }

    /// @notice The extra challenges a node waits for or has to answer.
    function extraChallengesOf(uint256 node) external view returns (uint64[] memory) {
        return _trees[node].extraIds;
    }

    /// @notice How a node did in its last scheduled challenges.
    function inspectionsOf(uint256 node) external view returns (InspectionsView memory) {
        Tree storage tree = _trees[node];
        uint8 passes;
        for (uint256 bits = tree.windowPasses; bits != 0; bits &= bits - 1) passes++;
        return InspectionsView(passes, tree.windowCount - passes, tree.lastPassedTime);
    }

    /// @notice The round the schedule is in, its first slot and its length in slots.
    function schedule()
        external
        view
        returns (uint64 round, uint64 roundStart, uint64 roundLength)
    {
        return (_round.number, _round.startSlot, _round.lengthSlots);
    }

    /// @notice The seconds a replica was proven for since it joined; 0 when it did not.
    function provenSince(bytes32 replicaId) external view returns (uint256) {
        JoinedReplica storage replica = _joined[replicaId];
        if (!replica.joined) return 0;
        uint256 proven = _trees[replica.node].provenSeconds;
        uint256 start = replica.startProvenSeconds;
        if (!_unproven[replica.node][replica.settledTime]) start += replica.lateSeconds;
        return proven > start ? proven - start : 0;
    }

    /// @notice The paid leaves a node proves, averaged over its last scheduled challenges: what heft is made of.
    function windowLeaves(uint256 node) external view returns (uint256) {
        Tree storage tree = _trees[node];
        uint256 count = tree.windowCount;
        return count == 0 ? 0 : tree.windowSum / count;
    }

    /// @notice A challenge that waits for its seed or its answer; reverts for any other.
    function challengeOf(uint256 challengeId) external view returns (ChallengeView memory) {
        Challenge storage item = _pending(challengeId);
        bytes32 root;
        uint64 totalLeaves;
        uint8 height;
        if (item.replicaId == 0) {
            Tree storage tree = _trees[item.node];
            (root, totalLeaves, height) = (tree.root, tree.totalLeaves, tree.height);
        } else {
            (, root, totalLeaves,) = _replicas().joinable(item.replicaId);
        }
        return ChallengeView({
            node: item.node,
            round: item.round,
            replicaId: item.replicaId,
            root: root,
            totalLeaves: totalLeaves,
            height: height,
            seed: item.seed,
            snapshotSlot: item.snapshotSlot,
            snapshotBlock: item.snapshotBlock,
            deadlineSlot: item.seed == 0 ? 0 : item.deadlineClock + _queue.fullSlots,
            paidLeaves: item.paidLeaves,
            challenger: item.challenger,
            bondWei: item.bondWei
        });
    }
}
