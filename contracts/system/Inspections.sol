// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InspectionRecords} from "./InspectionRecords.sol";

/// @title The public proof of retrievability
/// @notice Farmers keep a Merkle-sum tree of their replicas; each round every farmer answers one challenge
/// drawn from the beacon, and three failures in a row discharge its node.
/// @custom:predeploy 0x600000000000000000000000000000000000000a
contract Inspections is InspectionRecords {
    /// @notice Only the node's owner may do this.
    error NotNodeOwner(uint256 node, address owner);
    /// @notice The node is discharged or retired.
    error NodeClosed(uint256 node);
    /// @notice One call takes 1 to 64 changes.
    error BatchOutOfRange(uint256 count);
    /// @notice A challenge of the node is pending; its tree changes again once that is settled.
    error TreeFrozen(uint256 node, uint256 challengeId);
    /// @notice The replica is on another node, or has another root or number of leaves.
    error ReplicaMismatch(bytes32 replicaId);
    /// @notice The replica stands in the tree already.
    error AlreadyJoined(bytes32 replicaId);
    /// @notice The replica does not stand in the tree, or was not released.
    error NotDroppable(bytes32 replicaId);
    /// @notice The siblings do not lead from this place to the tree's root.
    error WrongPath(bytes32 replicaId, uint256 place);
    /// @notice Only the protocol itself may call this.
    error OnlySystem(address caller);
    /// @notice Only one system contract may call this.
    error OnlyContract(address allowed, address caller);
    /// @notice The challenge has no seed yet.
    error NotOpenYet(uint256 challengeId);
    /// @notice The deadline has passed.
    error TooLate(uint256 challengeId, uint256 deadlineSlot);
    /// @notice The anchor is not one of the last four blocks of this chain.
    error StaleAnchor(uint256 anchorNumber);
    /// @notice The proof does not answer the challenge.
    error BadProof(uint256 challengeId);
    /// @notice An extra challenge needs exactly this bond.
    error WrongBond(uint256 neededWei, uint256 sentWei);
    /// @notice The replica has an open extra challenge.
    error AlreadyChallenged(bytes32 replicaId, uint256 challengeId);
    /// @notice A replica of fewer leaves than there are regions cannot be challenged by itself.
    error ReplicaTooSmall(bytes32 replicaId, uint256 leafCount);
    /// @notice The node has as many extra challenges open as it may have.
    error TooManyOfNode(uint256 node, uint256 limit);
    /// @notice This block has as many new extra challenges as it may have.
    error TooManyInBlock(uint256 limit);
    /// @notice The caller has no credit.
    error NoCredit();
    /// @notice The account refused its own coins.
    error WithdrawalRefused();

    event ReplicaJoined(
        uint256 indexed node,
        bytes32 indexed replicaId,
        bytes32 root,
        uint32 leafCount,
        uint32 place
    );
    event ReplicaDropped(uint256 indexed node, bytes32 indexed replicaId, uint32 place);
    event AnswerLaneFull(uint256 slot);
    event ReplicaChallenged(
        uint256 indexed node,
        uint256 indexed challengeId,
        bytes32 indexed replicaId,
        address challenger,
        uint256 bondWei
    );
    event CreditWithdrawn(address indexed account, uint256 amountWei);

    /// @notice A replica put into a place of the tree, or taken out of it. `siblings` is the path of the place
    /// from the leaf up: each the sum (uint64) and the hash, 40 bytes.
    struct TreeChange {
        bytes32 replicaId;
        bytes32 root;
        uint32 leafCount;
        uint32 place;
        bytes siblings;
    }

    mapping(address account => uint256) private _creditWei;

    /// @notice Puts registered replicas of the caller's node into empty places of its tree.
    /// @param changes 1 to 64, each path against the root the one before left.
    function join(uint64 node, TreeChange[] calldata changes) external {
        (node, changes);
        _pendingWork = _pendingWork;
    }

    /// @notice Takes released replicas out of the tree of the caller's node.
    /// @param changes 1 to 64, each path against the root the one before left.
    function drop(uint64 node, TreeChange[] calldata changes) external {
        (node, changes);
        _pendingWork = _pendingWork;
    }

    /// @notice The schedule's work at the end of a block, for the protocol's own sender 0xff…fe.
    /// @param laneFull Whether no further answer would have fitted into this block.
    /// @return acted Whether anything changed; if not, the protocol undoes the call.
    function step(bool laneFull) external returns (bool acted) {
        (laneFull);
        _pendingWork = _pendingWork;
        return false;
    }

    /// @notice Answers a challenge of the caller's node (special transaction of kind 10).
    /// @param anchorNumber One of the last four blocks, whose hash is `anchorHash`: the answer counts on no fork
    /// without it.
    function answer(
        uint64 challengeId,
        uint64 anchorNumber,
        bytes32 anchorHash,
        bytes calldata proof
    ) external {
        (challengeId, anchorNumber, anchorHash, proof);
        _pendingWork = _pendingWork;
    }

    /// @notice Challenges one replica, joined or not, for a bond that goes back if its farmer fails.
    function challenge(bytes32 replicaId) external payable returns (uint64 challengeId) {
        (replicaId);
        _pendingWork = _pendingWork;
        return 0;
    }

    /// @notice Pays out the caller's bonds that came back or were won.
    function withdrawCredit() external {
        _pendingWork = _pendingWork;
    }

    /// @notice What `withdrawCredit` would pay an account, in wei.
    function creditOf(address account) external view returns (uint256) {
        return _creditWei[account];
    }

    /// @notice Counts a released replica as dead where it had joined; for the Replicas contract.
    function replicaReleased(bytes32 replicaId, uint32 leafCount) external {
        (replicaId, leafCount);
        _pendingWork = _pendingWork;
    }

    /// @notice Closes the tree of a retired node; for the Nodes contract.
    function nodeRetired(uint256 node) external {
        (node);
        _pendingWork = _pendingWork;
    }

    /// @notice Counts a failure shown elsewhere; for the SentinelGroups contract.
    function strike(uint256 node) external {
        (node);
        _pendingWork = _pendingWork;
    }

    /// @notice A challenge that waits for its seed or its answer.
    function challengeOf(uint256 challengeId) external view returns (ChallengeView memory item) {
        if (_challenges[challengeId].snapshotBlock == 0) revert UnknownChallenge(challengeId);
        return item;
    }
}
