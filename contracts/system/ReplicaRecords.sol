// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Paging} from "../libraries/Paging.sol";
import {Unordered} from "../libraries/Unordered.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title The replicas themselves: their records and their lists
/// @notice The storage half of Replicas.
abstract contract ReplicaRecords is SystemContract {
    using Paging for bytes32[];
    using Unordered for bytes32[];

    /// @notice No replica was ever registered under this id.
    error UnknownReplica(bytes32 id);
    /// @notice The replica was released.
    error ReplicaGone(bytes32 id);
    /// @notice The offer was registered before; an offer holds once.
    error ReplicaExists(bytes32 id);

    /// @notice What a farmer signs and an owner registers: one shard, sealed for one node.
    struct ReplicaOffer {
        bytes32 bucketId;
        // Blinded by its owner, so that nobody can tell files apart by their content.
        bytes32 fileId;
        // 256 times the segment's number, plus the shard's number within it.
        uint32 shardIndex;
        uint64 node;
        // Merkle root over the leaves of 1 KiB.
        bytes32 root;
        uint32 leafCount;
        uint64 sizeBytes;
        // For the whole term.
        uint112 priceWei;
        // Unix seconds; the term begins when the replica is registered.
        uint48 endTime;
        bytes32 salt;
        // The last second the offer may be registered in.
        uint48 expiry;
    }

    struct Replica {
        bytes32 bucketId;
        bytes32 fileId;
        bytes32 root;
        // This word stays when the replica is released, so that its offer is never taken again.
        uint64 node;
        uint32 shardIndex;
        uint32 leafCount;
        uint48 startTime;
        // Never later than its bucket's end.
        uint40 endTime;
        // Whether it was registered at or above the floor price.
        bool isPaid;
        // The places in both lists, counted from 1; 0 once released.
        uint32 filePosition;
        uint32 nodePosition;
        uint112 priceWei;
        uint112 collectedWei;
    }

    /// @dev The size of a leaf, by which a replica is proven and priced.
    uint256 internal constant LEAF_BYTES = 1024;

    mapping(bytes32 id => Replica) private _replicas;
    mapping(bytes32 listKey => bytes32[]) private _idsOfFile;
    mapping(uint256 node => bytes32[]) private _idsOfNode;
    uint256 private _replicaCount;

    /// @notice How many replicas there are, ended ones that are not released included.
    function replicaCount() external view returns (uint256) {
        return _replicaCount;
    }

    /// @notice How many replicas of a file there are in a bucket.
    function replicaCountOfFile(bytes32 bucketId, bytes32 fileId) external view returns (uint256) {
        return _idsOfFile[_listKey(bucketId, fileId)].length;
    }

    /// @notice The ids of a file's replicas in a bucket from `offset` on, at most `limit`. A file is told by its
    /// bucket too, so that nobody can mix replicas into another's list. Releasing changes the order.
    function replicasOfFile(bytes32 bucketId, bytes32 fileId, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory)
    {
        return _idsOfFile[_listKey(bucketId, fileId)].page(offset, limit);
    }

    /// @notice How many replicas a node holds.
    function replicaCountOfNode(uint256 node) external view returns (uint256) {
        return _idsOfNode[node].length;
    }

    /// @notice The ids of a node's replicas from `offset` on, at most `limit`. Releasing changes the order.
    function replicasOfNode(uint256 node, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory)
    {
        return _idsOfNode[node].page(offset, limit);
    }

    /// @notice Whether an offer was ever registered, its replica running or released.
    function isRegistered(bytes32 id) external view returns (bool) {
        return _isRegistered(id);
    }

    function _isRegistered(bytes32 id) internal view returns (bool) {
        return _replicas[id].endTime != 0;
    }

    function _isHeld(bytes32 id) internal view returns (bool) {
        return _replicas[id].filePosition != 0;
    }

    function _existing(bytes32 id) internal view returns (Replica storage replica) {
        replica = _replicas[id];
        if (_isHeld(id)) return replica;
        if (replica.endTime != 0) revert ReplicaGone(id);
        revert UnknownReplica(id);
    }

    function _insert(bytes32 id, ReplicaOffer calldata offer, bool isPaid) internal {
        bytes32[] storage ofFile = _idsOfFile[_listKey(offer.bucketId, offer.fileId)];
        bytes32[] storage ofNode = _idsOfNode[offer.node];
        ofFile.push(id);
        ofNode.push(id);
        _replicaCount++;
        _replicas[id] = Replica({
            bucketId: offer.bucketId,
            fileId: offer.fileId,
            root: offer.root,
            node: offer.node,
            shardIndex: offer.shardIndex,
            leafCount: offer.leafCount,
            startTime: uint48(block.timestamp),
            endTime: uint40(offer.endTime),
            isPaid: isPaid,
            filePosition: uint32(ofFile.length),
            nodePosition: uint32(ofNode.length),
            priceWei: offer.priceWei,
            collectedWei: 0
        });
    }

    function _remove(Replica storage replica) internal {
        bytes32 listKey = _listKey(replica.bucketId, replica.fileId);
        bytes32 moved = _idsOfFile[listKey].takeOut(replica.filePosition);
        _replicas[moved].filePosition = replica.filePosition;
        moved = _idsOfNode[replica.node].takeOut(replica.nodePosition);
        _replicas[moved].nodePosition = replica.nodePosition;
        _replicaCount--;
        delete replica.bucketId;
        delete replica.fileId;
        delete replica.root;
        delete replica.filePosition;
        delete replica.nodePosition;
        delete replica.priceWei;
        delete replica.collectedWei;
    }

    function _listKey(bytes32 bucketId, bytes32 fileId) private pure returns (bytes32) {
        return keccak256(abi.encode(bucketId, fileId));
    }
}
