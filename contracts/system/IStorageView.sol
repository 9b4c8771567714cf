// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The storage opcodes as functions
/// @notice StorageView is pure Yul around the seven opcodes, so that contracts of a stock compiler reach
/// them. An opcode sees the contract that executes it; behind StorageView it sees StorageView's caller.
/// @custom:predeploy 0x6000000000000000000000000000000000000005
interface IStorageView {
    /// @notice One account's amount in a version of a stream.
    struct Share {
        address account;
        uint256 amount;
    }

    /// @notice Coins were sent along.
    error ValueRefused();

    /// @notice The call data is shorter than the function's parameters.
    error ShortCalldata();

    /// @notice The word of an address parameter has bits above the 160 of an address.
    error DirtyAddress();

    /// @notice There is no function with this selector.
    error UnknownFunction(bytes4 selector);

    /// @notice The term of a bucket in seconds; 0 once it has ended (opcode STORAGE_GAS).
    function storageGas(address owner, bytes32 bucketId) external view returns (uint256);

    /// @notice The bytes of a bucket that are used; 0 once it has ended (opcode STORAGE_GAS_USED).
    function storageGasUsed(address owner, bytes32 bucketId) external view returns (uint256);

    /// @notice The number of backups of a bucket; 0 once it has ended (opcode STORAGE_GAS_PRICE).
    function storageGasPrice(address owner, bytes32 bucketId) external view returns (uint256);

    /// @notice The bytes bought for a bucket; 0 once it has ended (opcode SSIZE).
    function ssize(address owner, bytes32 bucketId) external view returns (uint256);

    /// @notice The heft of an account (opcode SENTINEL_HEFT).
    function sentinelHeft(address account) external view returns (uint256);

    /// @notice A version of a stream; status 0 and zeros when it is unknown (opcode DATAVERSIONREAD).
    function dataVersionRead(address owner, bytes32 streamId, uint256 version)
        external
        view
        returns (uint256 status, Share[8] memory shares);

    /// @notice Asks for the next version of a stream: 1 when the caller may and the stream is open
    /// (opcode DATAVERSIONUPDATE). Fails in a static call.
    function dataVersionUpdate(address owner, bytes32 streamId) external returns (uint256 accepted);
}
