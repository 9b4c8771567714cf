// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeCast} from "../libraries/SafeCast.sol";
import {BucketRecords} from "./BucketRecords.sol";
import {Params} from "./Params.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title What replicas take of their buckets: bytes, and escrow set aside for their farmers
/// @notice The part of StorageMarket that the Replicas contract drives, and nobody else.
abstract contract BucketReserve is BucketRecords {
    using SafeCast for uint256;

    /// @notice Only the Replicas contract may call this.
    error OnlyReplicas(address caller);
    /// @notice The bucket's term is over.
    error BucketEnded(bytes32 id, uint256 endTime);
    /// @notice A replica cannot run longer than its bucket.
    error TermBeyondBucket(bytes32 id, uint256 endTime, uint256 bucketEndTime);
    /// @notice The bucket's replicas would be larger than its size, backups and the expansion allow.
    error SpaceExceeded(bytes32 id, uint256 usedBytes, uint256 limitBytes);
    /// @notice The bucket's escrow does not cover the price.
    error EscrowExceeded(bytes32 id, uint256 priceWei, uint256 escrowWei);

    uint256 private constant BASIS_POINTS = 10_000;

    uint256 private _reservedWei;

    /// @notice Sets aside the price of a new replica and counts its bytes.
    function reserve(bytes32 id, uint256 sizeBytes, uint256 priceWei, uint256 endTime) external {
        _requireReplicas();
        Bucket storage bucket = _existing(id);
        uint256 bucketEndTime = bucket.endTime;
        if (_hasEnded(bucket)) revert BucketEnded(id, bucketEndTime);
        if (endTime > bucketEndTime) revert TermBeyondBucket(id, endTime, bucketEndTime);
        uint256 usedBytes = bucket.usedBytes + sizeBytes;
        uint256 limitBytes = _replicaLimit(bucket);
        if (usedBytes > limitBytes) revert SpaceExceeded(id, usedBytes, limitBytes);
        uint256 escrowWei = bucket.escrowWei;
        if (priceWei > escrowWei) revert EscrowExceeded(id, priceWei, escrowWei);
        bucket.usedBytes = usedBytes.toUint64();
        bucket.escrowWei = uint128(escrowWei - priceWei);
        _reservedWei += priceWei;
    }

    /// @notice Ends a reservation: its bytes are free, the farmer gets credit for what it earned, and the rest
    /// goes back to the bucket's escrow, or becomes its owner's credit once the bucket has ended.
    /// @param endTime When the replica's term ends, which tells the bucket from a later one of the same id.
    function unreserve(
        bytes32 id,
        uint256 sizeBytes,
        uint256 endTime,
        uint256 unearnedWei,
        address farmer,
        uint256 earnedWei
    ) external {
        _requireReplicas();
        _reservedWei -= unearnedWei + earnedWei;
        _addCredit(farmer, id, earnedWei);
        Bucket storage bucket = _bucket(id);
        // No replica outlives its bucket, so one that ended before this bucket began was another's.
        bool isOfBucket = bucket.position != 0 && endTime > bucket.startTime;
        if (isOfBucket) bucket.usedBytes -= uint64(sizeBytes);
        if (isOfBucket && !_hasEnded(bucket)) {
            bucket.escrowWei = (bucket.escrowWei + unearnedWei).toUint128();
        } else {
            _addCredit(_ownerOf(id), id, unearnedWei);
        }
    }

    /// @notice Pays a farmer what its replicas have earned so far.
    function payFarmer(address farmer, uint256 amountWei) external {
        _requireReplicas();
        _reservedWei -= amountWei;
        _pay(farmer, amountWei);
    }

    /// @notice What is set aside for the farmers of all running replicas, in wei.
    function reservedWei() external view returns (uint256) {
        return _reservedWei;
    }

    /// @notice How many bytes of replicas a bucket may have: its size, times its backups, times the expansion.
    function replicaLimitOf(bytes32 id) external view returns (uint256) {
        return _replicaLimit(_existing(id));
    }

    function _replicaLimit(Bucket storage bucket) private view returns (uint256) {
        uint256 expansion = Params(payable(SystemAddresses.PARAMS)).expansionBasisPoints();
        return uint256(bucket.sizeBytes) * bucket.backups * expansion / BASIS_POINTS;
    }

    function _requireReplicas() private view {
        if (msg.sender != SystemAddresses.REPLICAS) revert OnlyReplicas(msg.sender);
    }
}
