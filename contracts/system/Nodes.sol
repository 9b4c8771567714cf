// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Beacon} from "./Beacon.sol";
import {Inspections} from "./Inspections.sol";
import {NodeRecords} from "./NodeRecords.sol";
import {Params} from "./Params.sol";
import {Staking} from "./Staking.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title Farmer nodes
/// @notice Special transactions of kind 8. Each active node locks the minimum stake of its owner, and cannot
/// retire while it holds replicas.
/// @custom:predeploy 0x6000000000000000000000000000000000000004
contract Nodes is NodeRecords {
    /// @notice A peer id is 1 to 64 bytes.
    error BadPeerId(uint256 length);
    /// @notice A node offers at least one byte.
    error ZeroCapacity();
    /// @notice The caller's stake does not cover one more node.
    error InsufficientStake(uint256 requiredWei, uint256 stakeWei);
    /// @notice The caller retired a node in this epoch, and registers another from this slot on.
    error RegisterLater(uint256 fromSlot);
    /// @notice The caller has an active node with this peer id.
    error NodeExists(uint256 node);
    /// @notice The caller has as many nodes as an account may have.
    error TooManyNodes(uint256 limit);
    /// @notice The node belongs to another account.
    error NotNodeOwner(uint256 node, address owner);
    /// @notice The node was retired, or discharged.
    error NodeRetired(uint256 node);
    /// @notice The node's replicas would be larger than what it offers.
    error CapacityExceeded(uint256 node, uint256 usedBytes, uint256 capacityBytes);
    /// @notice The node holds running replicas, or ended ones that nobody released yet.
    error NodeHoldsReplicas(uint256 node, uint256 replicaCount);
    /// @notice Only the Replicas contract may call this.
    error OnlyReplicas(address caller);
    /// @notice Only the Inspections contract may call this.
    error OnlyInspections(address caller);

    event NodeRegistered(
        uint256 indexed node,
        address indexed owner,
        bytes peerId,
        uint64 capacityBytes,
        bytes32 endpointHash
    );
    event NodeUpdated(uint256 indexed node, uint64 capacityBytes, bytes32 endpointHash);
    event NodeDischarged(uint256 indexed node, address indexed owner);

    uint256 private constant MAX_PEER_ID_BYTES = 64;
    uint256 private constant MAX_NODES_PER_ACCOUNT = 1000;

    /// @notice Registers a farmer node of the caller and locks stake for it.
    /// @param peerId The node's libp2p peer id, 1 to 64 bytes; once per account.
    /// @param capacityBytes What the node offers to store.
    /// @param endpointHash Commitment to where the node is reached.
    /// @return node The node's index, counted up over all accounts.
    function register(bytes calldata peerId, uint64 capacityBytes, bytes32 endpointHash)
        external
        returns (uint256 node)
    {
        if (peerId.length == 0 || peerId.length > MAX_PEER_ID_BYTES) revert BadPeerId(peerId.length);
        if (capacityBytes == 0) revert ZeroCapacity();
        uint256 fromSlot = _registerFromSlot[msg.sender];
        if (_beacon().currentSlot() < fromSlot) revert RegisterLater(fromSlot);
        _requireFreeStake();
        node = _nodes.length;
        _claimPeerId(keccak256(peerId), node);
        uint256[] storage active = _activeNodes[msg.sender];
        if (active.length == MAX_NODES_PER_ACCOUNT) revert TooManyNodes(MAX_NODES_PER_ACCOUNT);
        active.push(node);
        _allActiveNodes.push(node);
        Node storage record = _nodes.push();
        record.owner = msg.sender;
        record.capacityBytes = capacityBytes;
        record.position = uint32(active.length);
        record.endpointHash = endpointHash;
        record.peerId = peerId;
        record.activePosition = uint64(_allActiveNodes.length);
        emit NodeRegistered(node, msg.sender, peerId, capacityBytes, endpointHash);
    }

    /// @notice Changes what one of the caller's nodes offers and where it is reached.
    function update(uint256 node, uint64 capacityBytes, bytes32 endpointHash) external {
        Node storage record = _ownNode(node);
        if (capacityBytes == 0) revert ZeroCapacity();
        uint256 usedBytes = record.usedBytes;
        if (capacityBytes < usedBytes) revert CapacityExceeded(node, usedBytes, capacityBytes);
        record.capacityBytes = capacityBytes;
        record.endpointHash = endpointHash;
        emit NodeUpdated(node, capacityBytes, endpointHash);
    }

    /// @notice Retires one of the caller's nodes for good and frees the stake locked for it. The caller registers
    /// another from the next epoch on: so one stake stands behind few indexes, which the schedule visits for good.
    function retire(uint256 node) external {
        Node storage record = _ownNode(node);
        uint256 replicaCount = record.replicaCount;
        if (replicaCount != 0) revert NodeHoldsReplicas(node, replicaCount);
        _leave(node, record);
        uint256 epochSlots = Params(payable(SystemAddresses.PARAMS)).epochLengthSlots();
        _registerFromSlot[msg.sender] = (_beacon().currentEpoch() + 1) * epochSlots;
        Inspections(payable(SystemAddresses.INSPECTIONS)).nodeRetired(node);
    }

    /// @notice Takes a node out for good because its farmer failed; for the Inspections contract. Its replicas can be
    /// released by anyone from now on.
    /// @return owner Whose stake pays for it.
    function discharge(uint256 node) external returns (address owner) {
        _requireInspections();
        Node storage record = _existing(node);
        if (record.position == 0) revert NodeRetired(node);
        owner = record.owner;
        record.dischargedTime = uint64(block.timestamp);
        _leave(node, record);
        emit NodeDischarged(node, owner);
    }

    /// @notice Counts a new replica on a node; for the Replicas contract.
    /// @return owner Whose signature the replica needs.
    function hold(uint256 node, uint256 sizeBytes) external returns (address owner) {
        _requireReplicas();
        Node storage record = _existing(node);
        if (record.position == 0) revert NodeRetired(node);
        uint256 usedBytes = record.usedBytes + sizeBytes;
        uint256 capacityBytes = record.capacityBytes;
        if (usedBytes > capacityBytes) revert CapacityExceeded(node, usedBytes, capacityBytes);
        record.usedBytes = uint64(usedBytes);
        record.replicaCount++;
        return record.owner;
    }

    /// @notice Counts a replica of a node no longer; for the Replicas contract.
    /// @return owner Who is paid for it.
    function letGo(uint256 node, uint256 sizeBytes) external returns (address owner) {
        _requireReplicas();
        Node storage record = _existing(node);
        record.usedBytes -= uint64(sizeBytes);
        record.replicaCount--;
        return record.owner;
    }

    function _requireFreeStake() private view {
        Staking staking = Staking(payable(SystemAddresses.STAKING));
        uint256 minimumWei = Params(payable(SystemAddresses.PARAMS)).minimumStakeWei();
        uint256 requiredWei = staking.lockedStakeOf(msg.sender) + minimumWei;
        uint256 stakeWei = staking.stakeOf(msg.sender);
        if (stakeWei < requiredWei) revert InsufficientStake(requiredWei, stakeWei);
    }

    function _claimPeerId(bytes32 peerIdHash, uint256 node) private {
        uint256 known = _nodeByPeerId[msg.sender][peerIdHash];
        if (known != 0) revert NodeExists(known - 1);
        _nodeByPeerId[msg.sender][peerIdHash] = node + 1;
    }

    function _ownNode(uint256 node) private view returns (Node storage record) {
        record = _existing(node);
        if (record.owner != msg.sender) revert NotNodeOwner(node, record.owner);
        if (record.position == 0) revert NodeRetired(node);
    }

    function _beacon() private pure returns (Beacon) {
        return Beacon(payable(SystemAddresses.BEACON));
    }

    function _requireReplicas() private view {
        if (msg.sender != SystemAddresses.REPLICAS) revert OnlyReplicas(msg.sender);
    }

    function _requireInspections() private view {
        if (msg.sender != SystemAddresses.INSPECTIONS) revert OnlyInspections(msg.sender);
    }
}
