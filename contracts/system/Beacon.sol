// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Params} from "./Params.sol";
import {SystemAddresses} from "./SystemAddresses.sol";
import {SystemContract} from "./SystemContract.sol";

/// @title The slots and the past values of the random beacon
/// @notice Written by the protocol at the start of each block and by no transaction: the block's slot,
/// and the parent's slot and mix (its PREVRANDAO) into a ring.
/// @custom:predeploy 0x6000000000000000000000000000000000000006
contract Beacon is SystemContract {
    /// @notice A slot that never had a block, is the present one, or lies too far in the past.
    error SlotNotInRing(uint256 slot);

    struct Entry {
        uint64 slot;
        bytes32 mix;
    }

    uint256 private constant RING_LENGTH = 8192;

    uint64 private _currentSlot;
    Entry[RING_LENGTH] private _ring;

    /// @notice The slot of the block being executed.
    function currentSlot() external view returns (uint256) {
        return _currentSlot;
    }

    /// @notice The epoch of the block being executed.
    function currentEpoch() external view returns (uint256) {
        return _currentSlot / Params(payable(SystemAddresses.PARAMS)).epochLengthSlots();
    }

    /// @notice The beacon's value after a past slot's block.
    function mixAt(uint256 slot) external view returns (bytes32) {
        Entry storage entry = _ring[slot % RING_LENGTH];
        bytes32 mix = entry.mix;
        // An entry never written is all zero, and would otherwise answer for slot 0.
        if (entry.slot != slot || mix == 0) revert SlotNotInRing(slot);
        return mix;
    }
}
