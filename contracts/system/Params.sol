// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pricing} from "../libraries/Pricing.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title The protocol's adjustable numbers
/// @notice Prices, the minimum stake and the length of things. Genesis sets them; nothing here writes.
/// @custom:predeploy 0x6000000000000000000000000000000000000007
contract Params is SystemContract {
    // What the market reads stands in one word, what staking reads in the next, then inspections and heft.
    uint96 private _spacePriceWei;
    uint96 private _trafficPriceWei;
    uint16 private _burnShareBasisPoints;
    uint32 private _bundledDownloadsPerYear;
    uint16 private _expansionBasisPoints;

    uint128 private _minimumStakeWei;
    uint64 private _epochLengthSlots;
    uint32 private _unbondingEpochs;

    uint64 private _periodSlots;
    uint64 private _answerSlots;
    uint128 private _challengeBondWei;

    uint96 private _floorPriceWei;
    uint96 private _storageRewardWei;
    uint64 private _heftPerGNX;

    /// @notice The price of space, in wei per GB (1e9 bytes), day and backup.
    function spacePriceWei() external view returns (uint256) {
        return _spacePriceWei;
    }

    /// @notice The price of traffic, in wei per GB (1e9 bytes).
    function trafficPriceWei() external view returns (uint256) {
        return _trafficPriceWei;
    }

    /// @notice The share of every space and traffic fee that is burned, in basis points.
    function burnShareBasisPoints() external view returns (uint256) {
        return _burnShareBasisPoints;
    }

    /// @notice The full downloads of a bucket bundled with each year of its term.
    function bundledDownloadsPerYear() external view returns (uint256) {
        return _bundledDownloadsPerYear;
    }

    /// @notice How many bytes of replicas each bought byte of a backup may have, in basis points: erasure codes,
    /// inner error correction and sentinels make data grow.
    function expansionBasisPoints() external view returns (uint256) {
        return _expansionBasisPoints;
    }

    /// @notice The stake of a candidate, and the stake locked per farmer node, in wei.
    function minimumStakeWei() external view returns (uint256) {
        return _minimumStakeWei;
    }

    /// @notice The slots one committee serves.
    function epochLengthSlots() external view returns (uint256) {
        return _epochLengthSlots;
    }

    /// @notice The whole epochs between unstaking and withdrawal.
    function unbondingEpochs() external view returns (uint256) {
        return _unbondingEpochs;
    }

    /// @notice The slots of the shortest round of inspections.
    function periodSlots() external view returns (uint256) {
        return _periodSlots;
    }

    /// @notice The slots a farmer has to answer a challenge in.
    function answerSlots() external view returns (uint256) {
        return _answerSlots;
    }

    /// @notice What an extra challenge deposits, in wei.
    function challengeBondWei() external view returns (uint256) {
        return _challengeBondWei;
    }

    /// @notice The price from which on a replica counts for heft, in wei per GB (1e9 bytes) of replica and day.
    function floorPriceWei() external view returns (uint256) {
        return _floorPriceWei;
    }

    /// @notice The storage reward, in wei per GB (1e9 bytes) of heft and day.
    function storageRewardWei() external view returns (uint256) {
        return _storageRewardWei;
    }

    /// @notice The most heft an account may have for each GNX it stakes.
    function heftPerGNX() external view returns (uint256) {
        return _heftPerGNX;
    }

    /// @notice What inspections go by, in one call.
    function inspectionTerms()
        external
        view
        returns (uint256 period, uint256 answer, uint256 bondWei)
    {
        return (_periodSlots, _answerSlots, _challengeBondWei);
    }

    /// @notice What heft and its reward go by, in one call. The reward per GB of heft and day is never more than what
    /// is burned for a GB and day of replica at the floor price.
    function heftTerms() external view returns (uint256 heftPerCoin, uint256 rewardWei) {
        uint256 burnedWei = Pricing.burned(_floorPriceWei, _burnShareBasisPoints);
        return (_heftPerGNX, _storageRewardWei < burnedWei ? _storageRewardWei : burnedWei);
    }

    /// @notice All that pricing space and traffic needs, in one call.
    function marketTerms()
        external
        view
        returns (
            uint256 spacePrice,
            uint256 trafficPrice,
            uint256 burnShare,
            uint256 bundledDownloads
        )
    {
        return (_spacePriceWei, _trafficPriceWei, _burnShareBasisPoints, _bundledDownloadsPerYear);
    }
}
