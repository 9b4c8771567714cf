// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {StorageGuard} from "genaro/contracts/examples/StorageGuard.sol";
import {d_storage, GB, months} from "genaro/contracts/libraries/DStorage.sol";

/// @title An album that shows a photo only while its storage is paid for
/// @notice Asks for three months of at least 1 GB with three backups. It asks for no heft and no used bytes, so
/// that it works on a devnet without farmers.
contract PhotoAlbum is StorageGuard {
    constructor() StorageGuard(Thresholds(3 * months, 3, 0, 1 * GB, 0)) {}

    /// @notice The newest photo of a bucket. Fails from the bucket's end on.
    function newestPhoto(d_storage bucket) external view returns (bytes32) {
        check(bucket, bucket.owner());
        return files[bucket][files[bucket].length - 1];
    }
}
