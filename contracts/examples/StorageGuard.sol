// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {check_sentinel, d_storage, DataVersion, sgas} from "../libraries/DStorage.sol";

/// @title A register of files that only takes files whose storage is good enough
/// @notice The sample contract of the yellow paper (YP 3.5). Where the paper asks for three months, more than six
/// backups, more than 1 GB used, 3 GB of space and more than 10,000 fingerprints, deploy it with
/// `Thresholds(3 * months, 7, 1 * GB + 1, 3 * GB, 10_001)`; 0 asks for nothing.
contract StorageGuard {
    /// @notice The least that each fact of the storage must be.
    struct Thresholds {
        uint256 termSeconds;
        uint256 backups;
        uint256 usedBytes;
        uint256 sizeBytes;
        uint256 heft;
    }

    /// @notice The bucket's whole term is too short, or it has ended.
    error TermTooShort(uint256 termSeconds, uint256 minimumSeconds);
    /// @notice The bucket has too few backups.
    error TooFewBackups(uint256 backups, uint256 minimum);
    /// @notice Too little of the bucket is used.
    error TooLittleUsed(uint256 usedBytes, uint256 minimumBytes);
    /// @notice The bucket is too small.
    error SpaceTooSmall(uint256 sizeBytes, uint256 minimumBytes);
    /// @notice The keeper answers for too few fingerprints.
    error HeftTooLow(uint256 heft, uint256 minimum);
    /// @notice Only the owner of a bucket publishes from it.
    error NotBucketOwner(address owner, address caller);
    /// @notice The stream is not open, or does not let this contract ask for its next version.
    error UpdateRefused();

    event FilePublished(d_storage indexed bucket, address indexed keeper, bytes32 fileHash);
    event VersionRequested(d_storage indexed stream);

    /// @notice The files that were published from a bucket.
    mapping(d_storage bucket => bytes32[]) public files;

    Thresholds private _minimum;

    constructor(Thresholds memory minimum) {
        _minimum = minimum;
    }

    /// @notice Goes on only while the bucket, and the keeper's heft, meet every threshold.
    modifier onlyGoodStorage(d_storage bucket, address keeper) {
        check(bucket, keeper);
        _;
    }

    /// @notice Records a file of the caller's bucket.
    /// @param keeper The farmer account whose heft vouches for the file.
    function publish(d_storage bucket, address keeper, bytes32 fileHash)
        external
        onlyGoodStorage(bucket, keeper)
    {
        if (bucket.owner() != msg.sender) revert NotBucketOwner(bucket.owner(), msg.sender);
        files[bucket].push(fileHash);
        emit FilePublished(bucket, keeper, fileHash);
    }

    /// @notice Asks a stream that named this contract for its next version.
    function requestUpdate(d_storage stream) external {
        if (!stream.update()) revert UpdateRefused();
        emit VersionRequested(stream);
    }

    /// @notice What a version of a stream says; status 0 and zeros when it is unknown.
    function versionOf(d_storage stream, uint256 version) external view returns (DataVersion memory) {
        return stream.read(version);
    }

    /// @notice How many files were published from a bucket.
    function fileCount(d_storage bucket) external view returns (uint256) {
        return files[bucket].length;
    }

    /// @notice What this contract asks of storage.
    function thresholds() external view returns (Thresholds memory) {
        return _minimum;
    }

    /// @notice Reverts with the first threshold that the storage does not meet.
    function check(d_storage bucket, address keeper) public view {
        Thresholds memory minimum = _minimum;
        uint256 termSeconds = sgas(bucket, d_storage.unwrap(bucket));
        if (termSeconds < minimum.termSeconds) revert TermTooShort(termSeconds, minimum.termSeconds);
        uint256 backups = bucket.slice();
        if (backups < minimum.backups) revert TooFewBackups(backups, minimum.backups);
        uint256 usedBytes = bucket.sused();
        if (usedBytes < minimum.usedBytes) revert TooLittleUsed(usedBytes, minimum.usedBytes);
        uint256 sizeBytes = bucket.ssize();
        if (sizeBytes < minimum.sizeBytes) revert SpaceTooSmall(sizeBytes, minimum.sizeBytes);
        uint256 heft = check_sentinel(keeper);
        if (heft < minimum.heft) revert HeftTooLow(heft, minimum.heft);
    }
}
