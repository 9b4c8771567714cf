// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SystemContract} from "./SystemContract.sol";

/// @title The on-chain side of GSIOP streams: versions that were anchored and settled
/// @notice The read side. The opcodes DATAVERSIONREAD and DATAVERSIONUPDATE use the same slots.
/// @custom:predeploy 0x6000000000000000000000000000000000000008
contract Streams is SystemContract {
    /// @notice An account asked for a stream's next version. DATAVERSIONUPDATE logs it in this contract's name.
    event UpdateRequested(bytes32 indexed id, address indexed requester, uint256 version);

    /// @notice What a stream is doing: nothing is known of it, it takes versions, it is stopped, it is over.
    enum Status {
        None,
        Open,
        Frozen,
        Settled
    }

    /// @notice One account's amount in a version.
    struct Share {
        address account;
        uint256 amount;
    }

    struct Stream {
        uint64 headVersion;
        uint64 requestedVersion;
        Status status;
    }

    struct Version {
        uint256 status;
        Share[8] shares;
    }

    mapping(bytes32 id => Stream) private _streams;
    mapping(bytes32 id => mapping(uint256 version => Version)) private _versions;
    mapping(bytes32 id => mapping(address account => bool)) private _mayUpdate;

    /// @notice The newest anchored version, the version asked for, and the status of a stream.
    function streamOf(bytes32 id) external view returns (Stream memory) {
        return _streams[id];
    }

    /// @notice A version of a stream; status 0 and zeros when it is unknown.
    function versionOf(bytes32 id, uint256 version) external view returns (Version memory) {
        return _versions[id][version];
    }

    /// @notice Whether an account may ask for the next version: the owner, and whom the owner named.
    function mayUpdate(bytes32 id, address account) external view returns (bool) {
        return account == address(bytes20(id)) || _mayUpdate[id][account];
    }
}
