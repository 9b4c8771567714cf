// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Paging} from "../libraries/Paging.sol";
import {Unordered} from "../libraries/Unordered.sol";
import {Params} from "./Params.sol";
import {Staking} from "./Staking.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Farmer nodes
/// @notice Special transactions of kind 8. Each active node locks the minimum stake of its owner, and cannot
/// retire while it holds replicas.
/// @custom:predeploy 0x6000000000000000000000000000000000000004
contract Nodes is SystemContract {
    using Paging for uint256[];
    using Unordered for uint256[];

    /// @notice A peer id is 1 to 64 bytes.
    error BadPeerId(uint256 length);
    /// @notice A node offers at least one byte.
    error ZeroCapacity();
    /// @notice The caller's stake does not cover one more node.
    error InsufficientStake(uint256 requiredWei, uint256 stakeWei);
    /// @notice The caller has an active node with this peer id.
    error NodeExists(uint256 node);
    /// @notice The caller has as many nodes as an account may have.
    error TooManyNodes(uint256 limit);
    /// @notice No node was ever registered under this index.
    error UnknownNode(uint256 node);
    /// @notice The node belongs to another account.
    error NotNodeOwner(uint256 node, address owner);
    /// @notice The node was retired.
    error NodeRetired(uint256 node);
    /// @notice The node's replicas would be larger than what it offers.
    error CapacityExceeded(uint256 node, uint256 usedBytes, uint256 capacityBytes);
    /// @notice The node holds running replicas, or ended ones that nobody released yet.
    error NodeHoldsReplicas(uint256 node, uint256 replicaCount);
    /// @notice Only the Replicas contract may call this.
    error OnlyReplicas(address caller);

    event NodeRegistered(
        uint256 indexed node,
        address indexed owner,
        bytes peerId,
        uint64 capacityBytes,
        bytes32 endpointHash
    );
    event NodeUpdated(uint256 indexed node, uint64 capacityBytes, bytes32 endpointHash);
    event NodeLeft(uint256 indexed node, address indexed owner);

    struct Node {
        address owner;
        uint64 capacityBytes;
        // Place among the owner's active nodes, counted from 1; 0 once retired.
        uint32 position;
        bytes32 endpointHash;
        bytes peerId;
        uint64 usedBytes;
        uint64 replicaCount;
        // Place among all active nodes, counted from 1.
        uint64 activePosition;
    }

    /// @notice A node as it is told outside.
    struct NodeView {
        address owner;
        bool active;
        uint64 capacityBytes;
        bytes32 endpointHash;
        bytes peerId;
        uint64 usedBytes;
        uint64 replicaCount;
    }

    uint256 private constant MAX_PEER_ID_BYTES = 64;
    uint256 private constant MAX_NODES_PER_ACCOUNT = 1000;

    Node[] private _nodes;
    mapping(address owner => uint256[]) private _activeNodes;
    // Index of the owner's active node with this peer id, plus one.
    mapping(address owner => mapping(bytes32 peerIdHash => uint256)) private _nodeByPeerId;
    uint256[] private _allActiveNodes;

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

    /// @notice Retires one of the caller's nodes for good and frees the stake locked for it.
    function retire(uint256 node) external {
        Node storage record = _ownNode(node);
        uint256 replicaCount = record.replicaCount;
        if (replicaCount != 0) revert NodeHoldsReplicas(node, replicaCount);
        uint256 moved = _activeNodes[msg.sender].takeOut(record.position);
        _nodes[moved].position = record.position;
        moved = _allActiveNodes.takeOut(record.activePosition);
        _nodes[moved].activePosition = record.activePosition;
        record.position = 0;
        record.activePosition = 0;
        delete _nodeByPeerId[msg.sender][keccak256(record.peerId)];
        emit NodeLeft(node, msg.sender);
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

    /// @notice The account a node belongs to, for good.
    function ownerOf(uint256 node) external view returns (address) {
        return _existing(node).owner;
    }

    /// @notice A node by its index, retired ones too.
    function nodeOf(uint256 node) external view returns (NodeView memory) {
        return _view(_existing(node));
    }

    /// @notice How many nodes were ever registered: the next node's index.
    function nodeCount() external view returns (uint256) {
        return _nodes.length;
    }

    /// @notice How many nodes are active.
    function activeNodeCount() external view returns (uint256) {
        return _allActiveNodes.length;
    }

    /// @notice The indexes of all active nodes from `offset` on, at most `limit`. Their order changes when one
    /// retires.
    function activeNodes(uint256 offset, uint256 limit) external view returns (uint256[] memory) {
        return _allActiveNodes.page(offset, limit);
    }

    /// @notice How many active nodes an account has.
    function activeNodeCountOf(address owner) external view returns (uint256) {
        return _activeNodes[owner].length;
    }

    /// @notice The indexes of an account's active nodes from `offset` on, at most `limit`.
    function activeNodesOf(address owner, uint256 offset, uint256 limit)
        external
        view
        returns (uint256[] memory)
    {
        return _activeNodes[owner].page(offset, limit);
    }

    /// @notice The nodes from index `offset` on, at most `limit`, retired ones too.
    function nodes(uint256 offset, uint256 limit) external view returns (NodeView[] memory items) {
        items = new NodeView[](Paging.pageLength(_nodes.length, offset, limit));
        for (uint256 i; i < items.length; i++) items[i] = _view(_nodes[offset + i]);
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

    function _existing(uint256 node) private view returns (Node storage) {
        if (node >= _nodes.length) revert UnknownNode(node);
        return _nodes[node];
    }

    function _ownNode(uint256 node) private view returns (Node storage record) {
        record = _existing(node);
        if (record.owner != msg.sender) revert NotNodeOwner(node, record.owner);
        if (record.position == 0) revert NodeRetired(node);
    }

    function _view(Node storage node) private view returns (NodeView memory) {
        return NodeView(
            node.owner,
            node.position != 0,
            node.capacityBytes,
            node.endpointHash,
            node.peerId,
            node.usedBytes,
            node.replicaCount
        );
    }

    function _requireReplicas() private view {
        if (msg.sender != SystemAddresses.REPLICAS) revert OnlyReplicas(msg.sender);
    }
}
