// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IStorageView} from "../system/IStorageView.sol";

/// @notice A place in the storage network (YP 3.5): the 32-byte id of a bucket or stream. Its high 20 bytes are
/// its owner's address, its low 12 a tag the owner chose.
type d_storage is bytes32;

using {owner, slice, sused, ssize, read, update} for d_storage global;

// 1 GB as space is priced: 1e9 bytes.
uint256 constant GB = 1e9;

// The paper's month: `3 * months` is a term in seconds.
uint256 constant months = 30 days;

/// @notice A version of a stream; status 0 and zeros when it is unknown.
struct DataVersion {
    uint256 status;
    address[8] accounts;
    uint256[8] amounts;
}

IStorageView constant STORAGE_VIEW = IStorageView(0x6000000000000000000000000000000000000005);

/// @notice The account whose space or stream this is.
function owner(d_storage ds) pure returns (address) {
    return address(bytes20(d_storage.unwrap(ds)));
}

/// @notice The term of a bucket of the owner of `ds`, in seconds; 0 once it has ended (opcode STORAGE_GAS).
function sgas(d_storage ds, bytes32 bucketId) view returns (uint256) {
    return STORAGE_VIEW.storageGas(owner(ds), bucketId);
}

/// @notice The number of backups; 0 once the bucket has ended (opcode STORAGE_GAS_PRICE).
function slice(d_storage ds) view returns (uint256) {
    return STORAGE_VIEW.storageGasPrice(owner(ds), d_storage.unwrap(ds));
}

/// @notice The bytes used; 0 once the bucket has ended (opcode STORAGE_GAS_USED).
function sused(d_storage ds) view returns (uint256) {
    return STORAGE_VIEW.storageGasUsed(owner(ds), d_storage.unwrap(ds));
}

/// @notice The bytes bought; 0 once the bucket has ended (opcode SSIZE).
function ssize(d_storage ds) view returns (uint256) {
    return STORAGE_VIEW.ssize(owner(ds), d_storage.unwrap(ds));
}

/// @notice A version of the stream (opcode DATAVERSIONREAD).
function read(d_storage ds, uint256 version) view returns (DataVersion memory data) {
    IStorageView.Share[8] memory shares;
    (data.status, shares) =
        STORAGE_VIEW.dataVersionRead(owner(ds), d_storage.unwrap(ds), version);
    for (uint256 i; i < 8; i++) {
        data.accounts[i] = shares[i].account;
        data.amounts[i] = shares[i].amount;
    }
}

/// @notice Asks for the next version of the stream; whether the calling contract may and the stream is open
/// (opcode DATAVERSIONUPDATE).
function update(d_storage ds) returns (bool) {
    return STORAGE_VIEW.dataVersionUpdate(owner(ds), d_storage.unwrap(ds)) != 0;
}

/// @notice The heft of an account: the verified fingerprints it answers for (opcode SENTINEL_HEFT).
function check_sentinel(address user) view returns (uint256) {
    return STORAGE_VIEW.sentinelHeft(user);
}
