// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Paging} from "../libraries/Paging.sol";
import {SafeCast} from "../libraries/SafeCast.sol";
import {Unordered} from "../libraries/Unordered.sol";
import {Payments} from "./Payments.sol";

/// @title The buckets themselves: their records, their lists, and the clean-up of ended ones
/// @notice The storage half of StorageMarket.
abstract contract BucketRecords is Payments {
    using Paging for bytes32[];
    using SafeCast for uint256;
    using Unordered for bytes32[];

    /// @notice The caller has a bucket with this id whose term has not ended.
    error BucketExists(bytes32 id);
    /// @notice There is no such bucket: never bought, or ended and cleaned up.
    error UnknownBucket(bytes32 id);
    /// @notice One purchase looks at no more than 16 records to clean up.
    error CleanUpOutOfRange(uint256 cleanUp);

    event BucketRemoved(bytes32 indexed id, address indexed owner);
    event CreditAdded(address indexed account, bytes32 indexed id, uint256 amountWei);

    struct Bucket {
        // The first word is what the storage opcodes read; its layout is part of the protocol.
        uint64 sizeBytes;
        uint64 usedBytes;
        uint48 startTime;
        uint48 endTime;
        uint16 backups;
        // The second word: what pays farmers, and the places in both lists, counted from 1.
        uint128 escrowWei;
        uint64 position;
        uint64 ownerPosition;
    }

    /// @notice A bucket as it is told outside. Times are Unix seconds.
    struct BucketView {
        address owner;
        uint64 sizeBytes;
        uint64 usedBytes;
        uint48 startTime;
        uint48 endTime;
        uint16 backups;
        uint256 escrowWei;
    }

    uint256 private constant MAX_CLEAN_UP = 16;

    mapping(bytes32 id => Bucket) private _buckets;
    mapping(address account => uint256) internal _creditWei;
    bytes32[] private _ids;
    mapping(address owner => bytes32[]) private _idsOf;
    uint256 private _cleanUpCursor;

    /// @notice A bucket by its id; ended ones too, until they are cleaned up.
    function bucketOf(bytes32 id) external view returns (BucketView memory) {
        Bucket storage bucket = _existing(id);
        return BucketView(
            _ownerOf(id),
            bucket.sizeBytes,
            bucket.usedBytes,
            bucket.startTime,
            bucket.endTime,
            bucket.backups,
            bucket.escrowWei
        );
    }

    /// @notice How many buckets there are, ended ones that are not cleaned up included.
    function bucketCount() external view returns (uint256) {
        return _ids.length;
    }

    /// @notice The ids of all buckets from `offset` on, at most `limit`. Cleaning up changes their order.
    function buckets(uint256 offset, uint256 limit) external view returns (bytes32[] memory) {
        return _ids.page(offset, limit);
    }

    /// @notice How many buckets an account has, ended ones that are not cleaned up included.
    function bucketCountOf(address owner) external view returns (uint256) {
        return _idsOf[owner].length;
    }

    /// @notice The ids of an account's buckets from `offset` on, at most `limit`.
    function bucketsOf(address owner, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory)
    {
        return _idsOf[owner].page(offset, limit);
    }

    function _ownerOf(bytes32 id) internal pure returns (address) {
        return address(bytes20(id));
    }

    /// @dev All zero where there is no such bucket.
    function _bucket(bytes32 id) internal view returns (Bucket storage) {
        return _buckets[id];
    }

    function _existing(bytes32 id) internal view returns (Bucket storage bucket) {
        bucket = _buckets[id];
        if (bucket.position == 0) revert UnknownBucket(id);
    }

    function _hasEnded(Bucket storage bucket) internal view returns (bool) {
        return bucket.endTime <= block.timestamp;
    }

    /// @dev An ended bucket with the same id gives way.
    function _create(
        bytes32 id,
        uint64 sizeBytes,
        uint48 termSeconds,
        uint16 backups,
        uint256 escrowWei
    ) internal {
        Bucket storage bucket = _buckets[id];
        if (bucket.position != 0) {
            if (!_hasEnded(bucket)) revert BucketExists(id);
            _remove(id);
        }
        uint48 startTime = uint48(block.timestamp);
        bytes32[] storage owned = _idsOf[_ownerOf(id)];
        _ids.push(id);
        owned.push(id);
        bucket.sizeBytes = sizeBytes;
        bucket.startTime = startTime;
        bucket.endTime = startTime + termSeconds;
        bucket.backups = backups;
        bucket.escrowWei = escrowWei.toUint128();
        bucket.position = uint64(_ids.length);
        bucket.ownerPosition = uint64(owned.length);
    }

    /// @dev Looks at `count` records where the last clean-up stopped, and removes the ended ones.
    function _cleanUp(uint256 count) internal {
        if (count > MAX_CLEAN_UP) revert CleanUpOutOfRange(count);
        if (count == 0) return;
        uint256 cursor = _cleanUpCursor;
        for (uint256 i; i < count && _ids.length != 0; i++) {
            if (cursor >= _ids.length) cursor = 0;
            bytes32 id = _ids[cursor];
            // Removing puts another record in this place, so the cursor stays for it.
            if (_hasEnded(_buckets[id])) _remove(id);
            else cursor++;
        }
        _cleanUpCursor = cursor;
    }

    /// @dev The owner may withdraw what farmers did not earn.
    function _returnEscrow(bytes32 id, Bucket storage bucket) internal {
        uint256 amountWei = bucket.escrowWei;
        bucket.escrowWei = 0;
        _addCredit(_ownerOf(id), id, amountWei);
    }

    /// @dev Credit from a bucket, which its account can withdraw.
    function _addCredit(address account, bytes32 id, uint256 amountWei) internal {
        if (amountWei == 0) return;
        _creditWei[account] += amountWei;
        emit CreditAdded(account, id, amountWei);
    }

    function _remove(bytes32 id) private {
        Bucket storage bucket = _buckets[id];
        address owner = _ownerOf(id);
        _returnEscrow(id, bucket);
        bytes32 moved = _ids.takeOut(bucket.position);
        _buckets[moved].position = bucket.position;
        moved = _idsOf[owner].takeOut(bucket.ownerPosition);
        _buckets[moved].ownerPosition = bucket.ownerPosition;
        delete _buckets[id];
        emit BucketRemoved(id, owner);
    }
}
