// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What space and traffic cost
/// @notice All arithmetic is 256 bits wide and checked; it multiplies before it divides and rounds prices up.
library Pricing {
    uint256 internal constant GB = 1e9;
    uint256 private constant BASIS_POINTS = 10_000;

    /// @notice The price of space in wei.
    /// @param byteSeconds Bytes times seconds, summed over all that is bought.
    /// @param spacePriceWei Wei per GB, day and backup.
    function space(uint256 byteSeconds, uint256 backups, uint256 spacePriceWei)
        internal
        pure
        returns (uint256)
    {
        return _divideUp(byteSeconds * backups * spacePriceWei, GB * 1 days);
    }

    /// @notice The price of traffic in wei.
    /// @param trafficPriceWei Wei per GB.
    function traffic(uint256 trafficBytes, uint256 trafficPriceWei) internal pure returns (uint256) {
        return _divideUp(trafficBytes * trafficPriceWei, GB);
    }

    /// @notice The traffic that comes with space, in bytes.
    function bundledTraffic(uint256 byteSeconds, uint256 downloadsPerYear)
        internal
        pure
        returns (uint256)
    {
        return (byteSeconds * downloadsPerYear) / 365 days;
    }

    /// @notice What of a fee is burned, in wei.
    function burned(uint256 priceWei, uint256 burnShareBasisPoints) internal pure returns (uint256) {
        return (priceWei * burnShareBasisPoints) / BASIS_POINTS;
    }

    function _divideUp(uint256 dividend, uint256 divisor) private pure returns (uint256) {
        return (dividend + divisor - 1) / divisor;
    }
}
