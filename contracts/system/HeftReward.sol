// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pricing} from "../libraries/Pricing.sol";
import {SafeCast} from "../libraries/SafeCast.sol";
import {Params} from "./Params.sol";
import {Payments} from "./Payments.sol";
import {Staking} from "./Staking.sol";
import {SystemAddresses} from "./SystemAddresses.sol";

/// @title Heft by account, and what it brings
/// @notice Heft in force brings a reward for each second, out of the coins this contract holds since genesis. An
/// account gets no more of it than was burned for what its own replicas earned: whoever stores for itself always pays
/// more than it gets back, however it times its replicas.
abstract contract HeftReward is Payments {
    using SafeCast for uint256;

    /// @notice Only the Replicas contract may call this.
    error OnlyReplicas(address caller);
    /// @notice There is no reward to collect.
    error NoReward();

    event HeftChanged(address indexed account, uint256 heft);
    event RewardCollected(address indexed account, uint256 amountWei);

    struct Account {
        // Paid leaves that its active nodes proved, at their last sync.
        uint128 leaves;
        // Up to when its heft was turned into reward; Unix seconds.
        uint64 accruedTime;
        uint128 accruedWei;
        // What was burned for all that its replicas earned, less what it collected here.
        uint128 allowanceWei;
    }

    uint256 private constant LEAVES_PER_HEFT = 1024;
    uint256 private constant HEFT_BYTES = 1 << 20;
    uint256 private constant COIN = 1e18;

    mapping(address account => uint256 heft) internal _heft;
    uint256 internal _totalHeft;
    // The chain reads this word to know when a sync is due.
    uint64 internal _syncedEpoch;
    uint64 internal _cursor;
    mapping(address account => Account) private _accounts;
    mapping(uint256 node => uint256) private _leavesOfNode;

    /// @notice Pays the caller its storage reward.
    /// @return amountWei What was paid.
    function collectReward() external returns (uint256 amountWei) {
        _accrue(msg.sender);
        Account storage account = _accounts[msg.sender];
        amountWei = _payable(account.accruedWei, account.allowanceWei);
        if (amountWei == 0) revert NoReward();
        account.accruedWei -= uint128(amountWei);
        account.allowanceWei -= uint128(amountWei);
        emit RewardCollected(msg.sender, amountWei);
        _pay(msg.sender, amountWei);
    }

    /// @notice Counts what replicas earned for a farmer towards the reward it may have; for the Replicas contract.
    function farmerEarned(address farmer, uint256 amountWei) external {
        if (msg.sender != SystemAddresses.REPLICAS) revert OnlyReplicas(msg.sender);
        uint256 burnShare = _params().burnShareBasisPoints();
        Account storage account = _accounts[farmer];
        uint256 allowanceWei = account.allowanceWei + Pricing.burned(amountWei, burnShare);
        account.allowanceWei = allowanceWei.toUint128();
    }

    /// @notice The heft of an account; 0 when it has none.
    function heftOf(address account) external view returns (uint256) {
        return _heft[account];
    }

    /// @notice The heft of all accounts together.
    function totalHeft() external view returns (uint256) {
        return _totalHeft;
    }

    /// @notice The storage reward of an account.
    /// @return dueWei What `collectReward` would pay now.
    /// @return accruedWei What its heft has brought and it did not collect; no more is due than was burned for what
    /// its replicas earned.
    function rewardOf(address account) external view returns (uint256 dueWei, uint256 accruedWei) {
        accruedWei = _accounts[account].accruedWei + _newReward(account);
        dueWei = _payable(accruedWei, _accounts[account].allowanceWei);
    }

    /// @dev The owner's heft is at most what its stake allows at this moment.
    function _setLeaves(uint256 node, address owner, uint256 leaves) internal {
        Account storage account = _accounts[owner];
        uint256 known = _leavesOfNode[node];
        if (leaves != known) {
            _leavesOfNode[node] = leaves;
            account.leaves = (account.leaves - known + leaves).toUint128();
        }
        uint256 heft = account.leaves / LEAVES_PER_HEFT;
        if (heft != 0) {
            uint256 limit = _heftLimit(owner);
            if (heft > limit) heft = limit;
        }
        _setHeft(owner, heft);
    }

    function _setHeft(address owner, uint256 heft) private {
        uint256 known = _heft[owner];
        if (heft == known) return;
        _accrue(owner);
        _heft[owner] = heft;
        _totalHeft = _totalHeft - known + heft;
        emit HeftChanged(owner, heft);
    }

    function _accrue(address owner) private {
        Account storage account = _accounts[owner];
        account.accruedWei = (account.accruedWei + _newReward(owner)).toUint128();
        account.accruedTime = uint64(block.timestamp);
    }

    function _newReward(address owner) private view returns (uint256) {
        uint256 heft = _heft[owner];
        if (heft == 0) return 0;
        (, uint256 rewardWei) = _params().heftTerms();
        uint256 byteSeconds = heft * HEFT_BYTES * (block.timestamp - _accounts[owner].accruedTime);
        return byteSeconds * rewardWei / (Pricing.GB * 1 days);
    }

    function _payable(uint256 accruedWei, uint256 allowanceWei) private view returns (uint256 dueWei) {
        dueWei = accruedWei < allowanceWei ? accruedWei : allowanceWei;
        if (dueWei > address(this).balance) dueWei = address(this).balance;
    }

    function _heftLimit(address owner) private view returns (uint256) {
        (uint256 heftPerCoin,) = _params().heftTerms();
        uint256 stakeWei = Staking(payable(SystemAddresses.STAKING)).stakeOf(owner);
        return stakeWei * heftPerCoin / COIN;
    }

    function _params() private pure returns (Params) {
        return Params(payable(SystemAddresses.PARAMS));
    }
}
