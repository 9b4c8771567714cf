// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title BLS signatures over BLS12-381 with keys in G1, by the EIP-2537 precompiles
/// @notice Suite BLS12381G2_XMD:SHA-256_SSWU_RO_ of RFC 9380. A G1 point is 128 bytes and a G2 point 256
/// bytes, in the form EIP-2537 gives them.
library BLS {
    address private constant MODEXP = address(0x05);
    address private constant G2_ADD = address(0x0d);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_FP2_TO_G2 = address(0x11);

    uint256 internal constant G1_BYTES = 128;
    uint256 internal constant G2_BYTES = 256;

    /// @notice The generator of G1, negated.
    bytes private constant NEGATED_G1_GENERATOR =
        hex"0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        hex"00000000000000000000000000000000114d1d6855d545a8aa7d76c8cf2e21f267816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca";

    /// @notice The order of the base field.
    bytes private constant FIELD_ORDER =
        hex"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    /// @notice Whether `signature` is the key's signature of the message under the domain.
    /// @dev False as well for the point at infinity, and for anything that is no point of its subgroup: the
    /// pairing precompile checks both subgroups, which leaves infinity to be refused here.
    /// @param publicKey G1 point, 128 bytes.
    /// @param message What was signed.
    /// @param domain Domain separation tag of RFC 9380, at most 255 bytes.
    /// @param signature G2 point, 256 bytes.
    function verify(
        bytes memory publicKey,
        bytes memory message,
        bytes memory domain,
        bytes memory signature
    ) internal view returns (bool) {
        if (publicKey.length != G1_BYTES || signature.length != G2_BYTES) return false;
        if (_isZero(publicKey) || _isZero(signature)) return false;
        bytes memory hashed = hashToG2(message, domain);
        // e(key, H(message)) · e(−generator, signature) = 1
        bytes memory pairs = bytes.concat(publicKey, hashed, NEGATED_G1_GENERATOR, signature);
        (bool valid, bytes memory result) = PAIRING.staticcall(pairs);
        return valid && result.length == 32 && uint256(bytes32(result)) == 1;
    }

    /// @notice hash_to_curve of RFC 9380, section 3: a point of the G2 subgroup, 256 bytes.
    function hashToG2(bytes memory message, bytes memory domain)
        internal
        view
        returns (bytes memory)
    {
        bytes memory uniform = expandMessage(message, domain);
        bytes memory first = _run(
            MAP_FP2_TO_G2, bytes.concat(_fieldElement(uniform, 0), _fieldElement(uniform, 1))
        );
        bytes memory second = _run(
            MAP_FP2_TO_G2, bytes.concat(_fieldElement(uniform, 2), _fieldElement(uniform, 3))
        );
        return _run(G2_ADD, bytes.concat(first, second));
    }

    /// @notice expand_message_xmd of RFC 9380, section 5.3.1, with SHA-256, to 256 bytes.
    function expandMessage(bytes memory message, bytes memory domain)
        internal
        pure
        returns (bytes memory uniform)
    {
        bytes memory suffix = abi.encodePacked(domain, uint8(domain.length));
        bytes32 seed = sha256(abi.encodePacked(new bytes(64), message, uint16(256), uint8(0), suffix));
        bytes32 block_;
        for (uint8 i = 1; i <= 8; i++) {
            block_ = sha256(abi.encodePacked(seed ^ block_, i, suffix));
            uniform = bytes.concat(uniform, block_);
        }
    }

    /// @dev Reduces the 64 bytes at `64 * index` modulo the field order; EIP-2537's 64 bytes.
    function _fieldElement(bytes memory uniform, uint256 index)
        private
        view
        returns (bytes memory)
    {
        bytes32 high;
        bytes32 low;
        assembly ("memory-safe") {
            let start := add(add(uniform, 32), mul(index, 64))
            high := mload(start)
            low := mload(add(start, 32))
        }
        bytes memory input = abi.encodePacked(
            uint256(64), uint256(1), uint256(48), high, low, uint8(1), FIELD_ORDER
        );
        return bytes.concat(bytes16(0), _run(MODEXP, input));
    }

    /// @dev These inputs are always valid, so failure means that the chain lacks the precompile.
    function _run(address precompile, bytes memory input) private view returns (bytes memory output) {
        bool success;
        (success, output) = precompile.staticcall(input);
        assert(success && output.length > 0);
    }

    function _isZero(bytes memory data) private pure returns (bool) {
        for (uint256 offset = 32; offset <= data.length; offset += 32) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(data, offset))
            }
            if (word != 0) return false;
        }
        return true;
    }
}
