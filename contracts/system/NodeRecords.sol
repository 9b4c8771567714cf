// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Paging} from "../libraries/Paging.sol";
import {Unordered} from "../libraries/Unordered.sol";
import {Heft} from "./Heft.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title The farmer nodes themselves: their records and their lists
/// @notice The storage half of Nodes.
abstract contract NodeRecords is SystemContract {
    using Paging for uint256[];
    using Unordered for uint256[];

    /// @notice No node was ever registered under this index.
    error UnknownNode(uint256 node);

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
        // Unix seconds; 0 for never.
        uint64 dischargedTime;
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
        bool discharged;
        // Unix seconds; 0 for never.
        uint64 dischargedTime;
    }

    Node[] internal _nodes;
    mapping(address owner => uint256[]) internal _activeNodes;
    // Index of the owner's active node with this peer id, plus one.
    mapping(address owner => mapping(bytes32 peerIdHash => uint256)) internal _nodeByPeerId;
    uint256[] internal _allActiveNodes;
    // The epoch after the last one in which the owner retired a node begins here.
    mapping(address owner => uint256 slot) internal _registerFromSlot;

    /// @notice The account a node belongs to, for good.
    function ownerOf(uint256 node) external view returns (address) {
        return _existing(node).owner;
    }

    /// @notice A node by its index, those that left too.
    function nodeOf(uint256 node) external view returns (NodeView memory) {
        return _view(_existing(node));
    }

    /// @notice Whether a node was discharged because its farmer failed.
    function isDischarged(uint256 node) external view returns (bool) {
        return _existing(node).dischargedTime != 0;
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
    /// leaves.
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

    /// @notice The nodes from index `offset` on, at most `limit`, those that left too.
    function nodes(uint256 offset, uint256 limit) external view returns (NodeView[] memory items) {
        items = new NodeView[](Paging.pageLength(_nodes.length, offset, limit));
        for (uint256 i; i < items.length; i++) items[i] = _view(_nodes[offset + i]);
    }

    function _existing(uint256 node) internal view returns (Node storage) {
        if (node >= _nodes.length) revert UnknownNode(node);
        return _nodes[node];
    }

    /// @dev Takes an active node off all lists, and its heft off its owner's.
    function _leave(uint256 node, Node storage record) internal {
        address owner = record.owner;
        uint256 moved = _activeNodes[owner].takeOut(record.position);
        _nodes[moved].position = record.position;
        moved = _allActiveNodes.takeOut(record.activePosition);
        _nodes[moved].activePosition = record.activePosition;
        record.position = 0;
        record.activePosition = 0;
        delete _nodeByPeerId[owner][keccak256(record.peerId)];
        emit NodeLeft(node, owner);
        Heft(payable(SystemAddresses.HEFT)).nodeLeft(node, owner);
    }

    function _view(Node storage node) private view returns (NodeView memory) {
        return NodeView(
            node.owner,
            node.position != 0,
            node.capacityBytes,
            node.endpointHash,
            node.peerId,
            node.usedBytes,
            node.replicaCount,
            node.dischargedTime != 0,
            node.dischargedTime
        );
    }
}
