// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SystemContract} from "./SystemContract.sol";

/// @title Who may manage the replicas of a bucket
/// @notice Its owner, and one steward the owner named to repair its files. A steward spends the bucket's
/// escrow, so it is trusted with as much.
abstract contract Stewards is SystemContract {
    /// @notice The id names another account as owner.
    error NotBucketOwner(bytes32 bucketId);
    /// @notice Only the bucket's owner, or its steward, may do this.
    error NotBucketManager(bytes32 bucketId, address caller);
    /// @notice Who may rebuild a file's shards must not be paid for holding them.
    error StewardIsFarmer(bytes32 bucketId, address steward);

    event StewardNamed(bytes32 indexed bucketId, address indexed steward);

    mapping(bytes32 bucketId => address) private _stewards;
    // How many replicas of a bucket are on the nodes of an account.
    mapping(bytes32 bucketId => mapping(address farmer => uint256)) private _replicaCounts;

    /// @notice Names who may register and release replicas in a bucket beside its owner; 0 for nobody. An account
    /// with replicas of the bucket on its nodes is refused, those that ended until they are released.
    function nameSteward(bytes32 bucketId, address steward) external {
        if (_ownerOf(bucketId) != msg.sender) revert NotBucketOwner(bucketId);
        if (_replicaCounts[bucketId][steward] != 0) revert StewardIsFarmer(bucketId, steward);
        _stewards[bucketId] = steward;
        emit StewardNamed(bucketId, steward);
    }

    /// @notice The steward of a bucket; 0 for nobody.
    function stewardOf(bytes32 bucketId) external view returns (address) {
        return _stewards[bucketId];
    }

    function _isManagerOf(bytes32 bucketId, address account) internal view returns (bool) {
        return _ownerOf(bucketId) == account || _stewards[bucketId] == account;
    }

    function _requireManager(bytes32 bucketId) internal view {
        if (!_isManagerOf(bucketId, msg.sender)) revert NotBucketManager(bucketId, msg.sender);
    }

    /// @dev Counts a replica that is registered on a node of `farmer`, who must not be the steward.
    function _countHeld(bytes32 bucketId, address farmer) internal {
        if (_stewards[bucketId] == farmer) revert StewardIsFarmer(bucketId, farmer);
        _replicaCounts[bucketId][farmer]++;
    }

    /// @dev Counts a replica on a node of `farmer` as released.
    function _countReleased(bytes32 bucketId, address farmer) internal {
        _replicaCounts[bucketId][farmer]--;
    }

    function _ownerOf(bytes32 bucketId) private pure returns (address) {
        return address(bytes20(bucketId));
    }
}
