// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Paging} from "../libraries/Paging.sol";
import {Unbonding} from "../libraries/Unbondings.sol";
import {Nodes} from "./Nodes.sol";
import {Params} from "./Params.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title Who has staked how much, and who is a candidate
/// @notice The storage half of Staking.
abstract contract StakeRecords is SystemContract {
    using Paging for address[];

    event CandidateLeft(address indexed account);

    struct Staker {
        uint128 stakeWei;
        // Place among the candidates, counted from 1; 0 for none.
        uint64 candidatePosition;
        bool hasKey;
        bool resigned;
        address payee;
        bytes32[4] blsPublicKey;
    }

    mapping(address account => Staker) internal _stakers;
    mapping(address account => Unbonding[]) internal _unbondings;
    // A key stays its account's for good, so that an offence under an old key still has a culprit.
    mapping(bytes32 keyHash => address account) internal _keyOwner;
    address[] internal _candidates;
    uint256 internal _totalStakeWei;

    /// @notice The stake of an account, in wei; what is unbonding is not counted.
    function stakeOf(address account) external view returns (uint256) {
        return _stakers[account].stakeWei;
    }

    /// @notice The stake of all accounts together, in wei; what is unbonding is not counted.
    function totalStake() external view returns (uint256) {
        return _totalStakeWei;
    }

    /// @notice The stake an account cannot take back now: the minimum for being a candidate, and per node.
    function lockedStakeOf(address account) public view returns (uint256) {
        uint256 uses = Nodes(payable(SystemAddresses.NODES)).activeNodeCountOf(account);
        if (_stakers[account].candidatePosition != 0) uses += 1;
        return uses == 0 ? 0 : uses * _minimumStake();
    }

    /// @notice What of an account's stake is on its way back.
    function unbondingOf(address account) external view returns (Unbonding[] memory) {
        return _unbondings[account];
    }

    /// @notice Who receives an account's rewards.
    function payeeOf(address account) external view returns (address) {
        address payee = _stakers[account].payee;
        return payee == address(0) ? account : payee;
    }

    /// @notice The BLS key of an account, 128 bytes; empty when none is registered.
    function keyOf(address account) external view returns (bytes memory) {
        Staker storage staker = _stakers[account];
        return staker.hasKey ? abi.encode(staker.blsPublicKey) : bytes("");
    }

    /// @notice Whether an account may be seated in the committee.
    function isCandidate(address account) external view returns (bool) {
        return _stakers[account].candidatePosition != 0;
    }

    /// @notice How many candidates there are.
    function candidateCount() external view returns (uint256) {
        return _candidates.length;
    }

    /// @notice The candidates from `offset` on, at most `limit`. Their order changes when one leaves.
    function candidates(uint256 offset, uint256 limit) external view returns (address[] memory) {
        return _candidates.page(offset, limit);
    }

    function _leaveCandidates(address account) internal {
        Staker storage staker = _stakers[account];
        uint256 position = staker.candidatePosition;
        staker.candidatePosition = 0;
        address last = _candidates[_candidates.length - 1];
        if (last != account) {
            _candidates[position - 1] = last;
            _stakers[last].candidatePosition = uint64(position);
        }
        _candidates.pop();
        emit CandidateLeft(account);
    }

    function _minimumStake() internal view returns (uint256) {
        return Params(payable(SystemAddresses.PARAMS)).minimumStakeWei();
    }
}
