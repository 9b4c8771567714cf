// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Beacon} from "./Beacon.sol";
import {
    IInspectedNodes,
    IInspectedReplicas,
    IInspectionParams
} from "./IInspectionPeers.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title What the chain keeps about farmers' trees, challenges and their outcomes
/// @notice The storage half of Inspections. A farmer's own state is of constant size, however much it holds.
abstract contract InspectionRecords is SystemContract {
    /// @notice No challenge with this id is waiting or open.
    error UnknownChallenge(uint256 challengeId);
    /// @notice Only the node's owner may do this.
    error NotNodeOwner(uint256 node, address owner);
    /// @notice The node is discharged or retired.
    error NodeClosed(uint256 node);
    /// @notice Only one system contract may call this.
    error OnlyContract(address allowed, address caller);

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
    /// @notice The farmer failed. `challengeId` is 0 when it failed without a challenge of this contract; a further
    /// failure in the same round leaves `strikes` as they are.
    event Struck(uint256 indexed node, uint256 indexed challengeId, uint8 strikes);
    /// @notice A challenge ended without an outcome; the bond of an extra one went back.
    event ChallengeVoided(uint256 indexed node, uint256 indexed challengeId);
    /// @notice The node failed too often: it is out for good, and its owner's stake was burned.
    event Discharged(uint256 indexed node, address indexed owner, uint256 slashedWei);

    struct Tree {
        bytes32 root;
        uint64 totalLeaves;
        uint64 paidLeaves;
        uint64 deadLeaves;
        uint8 height;
        uint8 strikes;
        // Entries of the window that were ever written, up to its size.
        uint8 windowCount;
        // Discharged or retired, for good.
        bool closed;
        uint48 lastPassedTime;
        uint48 provenSeconds;
        uint48 lastSettledTime;
        // When it was first found with too many dead leaves; 0 while it has few.
        uint48 staleTime;
        uint8 windowNext;
        uint24 windowPasses;
        // A replica joined since `lastSettledTime`.
        bool joinedSince;
        uint64 challengeId;
        uint64 windowSum;
        // The last round with a strike; `strikes` counts one for each.
        uint64 struckRound;
        // Of the extra challenges, those that are not its bucket's owner's or steward's.
        uint8 publicExtras;
        uint64[24] window;
        uint64[] extraIds;
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
        // Whether it takes one of the places that a node has for everybody's challenges.
        bool isPublic;
        bytes32 replicaId;
        address challenger;
        uint96 bondWei;
    }

    struct JoinedReplica {
        uint64 node;
        // What the tree had proven when it joined, since when that had been settled, and how much later it joined.
        uint48 startProvenSeconds;
        uint48 settledTime;
        uint32 lateSeconds;
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
    // The extra challenge of a replica that waits or is open.
    mapping(bytes32 replicaId => uint256 challengeId) internal _extraOf;
    // Times between two settlements, by when they began, in which a replica joined and nothing was proven.
    mapping(uint256 node => mapping(uint256 settledTime => bool)) internal _unproven;

    function _slot() internal view returns (uint64) {
        return uint64(Beacon(payable(SystemAddresses.BEACON)).currentSlot());
    }

    /// @dev Time for deadlines: slots, without those in which the answers' lane was full.
    function _laneClock() internal view returns (uint64) {
        return _slot() - _queue.fullSlots;
    }

    /// @dev The challenge with an id, waiting or open.
    function _pending(uint256 challengeId) internal view returns (Challenge storage item) {
        item = _challenges[challengeId];
        if (item.snapshotBlock == 0) revert UnknownChallenge(challengeId);
    }

    /// @dev Whether the schedule has to visit a node: it holds something, or still counts for something.
    function _isWatched(Tree storage tree) internal view returns (bool) {
        return tree.totalLeaves != 0 || tree.windowSum != 0;
    }

    /// @dev Keeps count of the watched trees; to be called after a change with what was before it.
    function _noteWatched(Tree storage tree, bool before) internal {
        bool present = _isWatched(tree);
        if (present == before) return;
        if (present) _pendingWork++;
        else _pendingWork--;
    }

    /// @dev Begins anew the time that the next pass proves; what went by since the last settlement is not proven. Who
    /// joined meanwhile loses no more than that: the time before it joined is then taken off nothing.
    function _restart(uint256 node, Tree storage tree) internal {
        uint48 time = uint48(block.timestamp);
        uint48 settledTime = tree.lastSettledTime;
        if (settledTime == time) return;
        if (tree.joinedSince) {
            tree.joinedSince = false;
            _unproven[node][settledTime] = true;
        }
        tree.lastSettledTime = time;
    }

    function _requireOwner(uint256 node) internal view returns (address owner) {
        owner = _nodes().ownerOf(node);
        if (owner != msg.sender) revert NotNodeOwner(node, owner);
    }

    function _nodes() internal pure returns (IInspectedNodes) {
        return IInspectedNodes(SystemAddresses.NODES);
    }

    function _replicas() internal pure returns (IInspectedReplicas) {
        return IInspectedReplicas(SystemAddresses.REPLICAS);
    }

    function _params() internal pure returns (IInspectionParams) {
        return IInspectionParams(SystemAddresses.PARAMS);
    }
}
