// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pricing} from "../libraries/Pricing.sol";
import {Inspections} from "./Inspections.sol";
import {Params} from "./Params.sol";
import {PaidLeaves} from "./PaidLeaves.sol";
import {ReplicaRecords} from "./ReplicaRecords.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title What a replica is, has earned, and whether it counts for heft
/// @notice The half of Replicas that others read.
abstract contract ReplicaPay is ReplicaRecords, PaidLeaves {
    /// @notice A replica as it is told outside. Times are Unix seconds.
    struct ReplicaView {
        bytes32 bucketId;
        bytes32 fileId;
        uint32 shardIndex;
        uint64 node;
        bytes32 root;
        uint32 leafCount;
        uint64 sizeBytes;
        uint256 priceWei;
        uint256 earnedWei;
        uint256 collectedWei;
        uint48 startTime;
        uint48 endTime;
        // Whether it stands in its farmer's tree, without which it earns nothing.
        bool joined;
        // Whether it is paid at least the floor price, and has not ended.
        bool countsForHeft;
    }

    /// @notice A replica that was not released.
    function replicaOf(bytes32 id) external view returns (ReplicaView memory) {
        Replica storage replica = _existing(id);
        return ReplicaView({
            bucketId: replica.bucketId,
            fileId: replica.fileId,
            shardIndex: replica.shardIndex,
            node: replica.node,
            root: replica.root,
            leafCount: replica.leafCount,
            sizeBytes: uint64(_sizeBytes(replica)),
            priceWei: replica.priceWei,
            earnedWei: _earned(id, replica),
            collectedWei: replica.collectedWei,
            startTime: replica.startTime,
            endTime: replica.endTime,
            joined: _inspections().isJoined(id),
            countsForHeft: _countsForHeft(replica)
        });
    }

    /// @notice What a replica has to be in its farmer's tree, and whether it is paid at least the floor price and so
    /// counts for heft, which an ended one does not; reverts when it was released or never registered.
    function joinable(bytes32 id)
        external
        view
        returns (uint64 node, bytes32 root, uint32 leafCount, bool counts)
    {
        Replica storage replica = _existing(id);
        return (replica.node, replica.root, replica.leafCount, _countsForHeft(replica));
    }

    /// @notice Whether a replica was registered and not released.
    function isHeld(bytes32 id) external view returns (bool) {
        return _isHeld(id);
    }

    /// @dev What a replica has earned: of its price the share of its term that its farmer proved it for, since it
    /// joined the farmer's tree. What was paid is never taken back.
    function _earned(bytes32 id, Replica storage replica) internal view returns (uint256) {
        uint256 priceWei = replica.priceWei;
        uint256 earnedWei = priceWei * _provenSeconds(id, replica) / (replica.endTime - replica.startTime);
        if (earnedWei > priceWei) return priceWei;
        uint256 collectedWei = replica.collectedWei;
        return earnedWei < collectedWei ? collectedWei : earnedWei;
    }

    /// @dev Nothing is earned for time after the term. What lies between its end and the last pass counts as proven
    /// after it, so that a farmer which failed since then has less than before unless it collected: it is to collect,
    /// or release, what has ended.
    function _provenSeconds(bytes32 id, Replica storage replica) private view returns (uint256) {
        uint256 provenSeconds = _inspections().provenSince(id);
        uint256 endTime = replica.endTime;
        if (block.timestamp <= endTime || provenSeconds == 0) return provenSeconds;
        uint256 lastPassedTime = _inspections().inspectionsOf(replica.node).lastPassedTime;
        if (lastPassedTime <= endTime) return provenSeconds;
        uint256 afterEnd = lastPassedTime - endTime;
        return provenSeconds > afterEnd ? provenSeconds - afterEnd : 0;
    }

    function _countsForHeft(Replica storage replica) internal view returns (bool) {
        return replica.isPaid && replica.endTime > block.timestamp;
    }

    function _isAtFloor(ReplicaOffer calldata offer) internal view returns (bool) {
        uint256 floorWei = Params(payable(SystemAddresses.PARAMS)).floorPriceWei();
        uint256 termSeconds = offer.endTime - block.timestamp;
        uint256 paid = offer.priceWei * Pricing.GB * 1 days;
        return paid >= floorWei * offer.sizeBytes * termSeconds;
    }

    function _sizeBytes(Replica storage replica) internal view returns (uint256) {
        return replica.leafCount * LEAF_BYTES;
    }

    function _inspections() internal pure returns (Inspections) {
        return Inspections(payable(SystemAddresses.INSPECTIONS));
    }
}
