// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Beacon} from "./Beacon.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title What the chain keeps about farmers' trees, challenges and their outcomes
/// @notice The storage half of Inspections. A farmer's own state is of constant size, however much it holds.
abstract contract InspectionRecords is SystemContract {
    /// @notice No challenge with this id is waiting or open.
    error UnknownChallenge(uint256 challengeId);

    /// @notice A farmer was challenged and its tree is frozen; the challenge opens two blocks later.
    event Snapshotted(
        uint256 indexed node,
        uint256 indexed challengeId,
        uint256 round,
        bytes32 root,
        uint64 totalLeaves
    );
    /// @notice The seed is known and the farmer may answer. `replicaId` is 0 for the node's whole tree.
    event ChallengeOpened(
        uint256 indexed node,
        uint256 indexed challengeId,
        bytes32 indexed replicaId,
        bytes32 seed,
        uint64 deadlineSlot
    );
    /// @notice The farmer answered. `leaves` are the paid leaves it counts for; 0 for an extra challenge.
    event Passed(uint256 indexed node, uint256 indexed challengeId, uint64 leaves);
    /// @notice The farmer failed. `challengeId` is 0 when it failed without a challenge of this contract.
    event Struck(uint256 indexed node, uint256 indexed challengeId, uint8 strikes);
    /// @notice A challenge ended without an outcome; the bond of an extra one went back.
    event ChallengeVoided(uint256 indexed node, uint256 indexed challengeId);
    /// @notice The node failed too often: it is out for good, and its owner's stake was burned.
    event Discharged(uint256 indexed node, address indexed owner, uint256 slashedWei);

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
        uint8 strikes;
        // Unix seconds; 0 when it never passed.
        uint64 lastPassedTime;
    }

    struct Tree {
        bytes32 root;
        uint64 totalLeaves;
        uint48 paidLeaves;
        uint48 deadLeaves;
        uint8 height;
        uint8 strikes;
        // Entries of the window that were ever written, up to its size.
        uint8 windowCount;
        // Too many dead leaves at the last snapshot.
        bool stale;
        // Discharged or retired, for good.
        bool closed;
        uint48 lastPassedTime;
        uint48 provenSeconds;
        uint48 lastSettledTime;
        uint64 challengeId;
        uint64 windowSum;
        uint8 windowNext;
        uint24 windowPasses;
        uint64[24] window;
        uint64[4] extraIds;
    }

    struct Challenge {
        uint64 node;
        uint64 round;
        uint64 snapshotSlot;
        // Never 0 in a challenge that exists.
        uint64 snapshotBlock;
        bytes32 seed;
        uint64 deadlineClock;
        uint64 paidLeaves;
        bytes32 replicaId;
        address challenger;
        uint96 bondWei;
    }

    struct JoinedReplica {
        uint64 node;
        uint48 startProvenSeconds;
        uint48 releasedSlot;
        bool joined;
        bool paid;
    }

    struct Queue {
        // The last id given out; ids count from 1.
        uint64 lastId;
        // Challenges up to these ids need no more looking at.
        uint64 openedId;
        uint64 settledId;
        uint64 fullSlots;
    }

    struct Round {
        uint64 number;
        uint64 startSlot;
        uint32 lengthSlots;
        // The next node to visit: offsets before are done, and `lap` nodes at this one.
        uint32 offset;
        uint32 lap;
    }

    // The chain reads this word: how much was proven, and whether a step can have anything to do.
    uint128 internal _totalInspections;
    uint64 internal _pendingWork;

    Queue internal _queue;
    Round internal _round;
    mapping(uint256 node => Tree) internal _trees;
    mapping(uint256 challengeId => Challenge) internal _challenges;
    mapping(bytes32 replicaId => JoinedReplica) internal _joined;

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

    /// @notice The extra challenges a node waits for or has to answer; 0 in places that are free.
    function extraChallengesOf(uint256 node) external view returns (uint64[4] memory) {
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
        return proven > start ? proven - start : 0;
    }

    /// @notice The paid leaves a node proves, averaged over its last scheduled challenges: what heft is made of.
    function windowLeaves(uint256 node) external view returns (uint256) {
        Tree storage tree = _trees[node];
        uint256 count = tree.windowCount;
        return count == 0 ? 0 : tree.windowSum / count;
    }

    function _slot() internal view returns (uint64) {
        return uint64(Beacon(payable(SystemAddresses.BEACON)).currentSlot());
    }

    /// @dev Time for deadlines: slots, without those in which the answers' lane was full.
    function _laneClock() internal view returns (uint64) {
        return _slot() - _queue.fullSlots;
    }
}
