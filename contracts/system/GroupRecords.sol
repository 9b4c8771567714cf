// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Beacon} from "./Beacon.sol";
import {Payments} from "./Payments.sol";
import {Replicas} from "./Replicas.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title What the chain keeps about sentinel groups
/// @notice The storage half of SentinelGroups.
abstract contract GroupRecords is Payments {
    /// @notice Only the owner of the replica's bucket may do this.
    error NotBucketOwner(bytes32 bucketId);
    /// @notice A commitment is to 1 to 1,048,576 groups.
    error GroupCountOutOfRange(uint256 groupCount);
    /// @notice Groups are committed to once.
    error AlreadyCommitted(bytes32 replicaId);
    /// @notice No groups were committed to, or the commitment was shown to be false.
    error NoCommitment(bytes32 replicaId);
    /// @notice The group was asked for before, or there is no such group.
    error GroupBurned(bytes32 replicaId, uint256 group);
    /// @notice No group of the replica waits for an answer.
    error NotChallenged(bytes32 replicaId);
    /// @notice The account has no credit.
    error NoCredit();

    event GroupsCommitted(bytes32 indexed replicaId, bytes32 groupsRoot, uint32 groupCount);
    event CreditWithdrawn(address indexed account, uint256 amountWei);

    struct Commitment {
        bytes32 groupsRoot;
        uint32 groupCount;
    }

    struct Challenge {
        // Of all that was revealed; the answer repeats it.
        bytes32 revealHash;
        // Root and size of the replica, as farmer and owner signed them.
        bytes32 root;
        address challenger;
        uint64 node;
        uint32 leafCount;
        uint128 bondWei;
        uint64 deadlineSlot;
        // While the chain has not come to this block, the deadline has not passed either.
        uint64 deadlineBlock;
    }

    uint256 private constant MAX_GROUPS = 1 << 20;

    mapping(bytes32 replicaId => Commitment) internal _commitments;
    mapping(bytes32 replicaId => mapping(uint256 word => uint256)) private _burnedGroups;
    mapping(bytes32 replicaId => Challenge) internal _challenges;
    mapping(address account => uint256) private _creditWei;

    /// @notice Commits to the sentinel groups of a replica in a bucket of the caller, once.
    function commit(bytes32 replicaId, bytes32 groupsRoot, uint32 groupCount) external {
        _requireOwner(_replicas().replicaOf(replicaId).bucketId);
        if (groupCount == 0 || groupCount > MAX_GROUPS) revert GroupCountOutOfRange(groupCount);
        Commitment storage commitment = _commitments[replicaId];
        if (commitment.groupCount != 0) revert AlreadyCommitted(replicaId);
        commitment.groupsRoot = groupsRoot;
        commitment.groupCount = groupCount;
        emit GroupsCommitted(replicaId, groupsRoot, groupCount);
    }

    /// @notice Pays the caller its bonds that came back or were won.
    function withdrawCredit() external {
        uint256 amountWei = _creditWei[msg.sender];
        if (amountWei == 0) revert NoCredit();
        _creditWei[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, amountWei);
        _pay(msg.sender, amountWei);
    }

    /// @notice What `withdrawCredit` would pay an account, in wei.
    function creditOf(address account) external view returns (uint256) {
        return _creditWei[account];
    }

    /// @notice The groups committed to for a replica; zeros for none. A commitment shown to be false has root 0.
    function commitmentOf(bytes32 replicaId) external view returns (bytes32 groupsRoot, uint32 groupCount) {
        Commitment storage commitment = _commitments[replicaId];
        return (commitment.groupsRoot, commitment.groupCount);
    }

    /// @notice Whether a group was asked for before.
    function isBurned(bytes32 replicaId, uint32 group) external view returns (bool) {
        return _burnedGroups[replicaId][group >> 8] >> (group & 255) & 1 != 0;
    }

    /// @notice The challenge of a replica that waits for its answer, and the last slot for that; reverts when there is
    /// none.
    function challengeOf(bytes32 replicaId) external view returns (Challenge memory) {
        return _pending(replicaId);
    }

    function _burn(bytes32 replicaId, uint32 group) internal {
        Commitment storage commitment = _commitments[replicaId];
        if (commitment.groupsRoot == 0) revert NoCommitment(replicaId);
        uint256 burned = _burnedGroups[replicaId][group >> 8];
        uint256 bit = 1 << (group & 255);
        if (group >= commitment.groupCount || burned & bit != 0) revert GroupBurned(replicaId, group);
        _burnedGroups[replicaId][group >> 8] = burned | bit;
    }

    /// @dev Ends the challenge of a replica; its bond becomes credit.
    function _end(bytes32 replicaId, Challenge memory item, address account) internal {
        delete _challenges[replicaId];
        _creditWei[account] += item.bondWei;
    }

    function _pending(bytes32 replicaId) internal view returns (Challenge storage item) {
        item = _challenges[replicaId];
        if (item.revealHash == 0) revert NotChallenged(replicaId);
    }

    function _requireOwner(bytes32 bucketId) internal view {
        if (address(bytes20(bucketId)) != msg.sender) revert NotBucketOwner(bucketId);
    }

    function _slot() internal view returns (uint256) {
        return Beacon(payable(SystemAddresses.BEACON)).currentSlot();
    }

    function _replicas() internal pure returns (Replicas) {
        return Replicas(payable(SystemAddresses.REPLICAS));
    }
}
