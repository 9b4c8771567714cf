// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Signatures of typed data (EIP-712) made off the transaction path
library TypedData {
    bytes32 private constant DOMAIN_TYPE_HASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant VERSION_HASH = keccak256("1");
    uint256 private constant SIGNATURE_BYTES = 65;
    /// @dev Half the order of secp256k1: of s and its negation only the lower one counts (EIP-2).
    uint256 private constant MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice The domain of version 1 of something, on this chain and for the calling contract.
    function domainSeparator(bytes32 nameHash) internal view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPE_HASH, nameHash, VERSION_HASH, block.chainid, address(this))
        );
    }

    /// @notice Whether `signer` signed the struct under the domain, as r, s and v in 65 bytes. False as well
    /// for malformed and malleable signatures.
    function isSignedBy(
        address signer,
        bytes32 domain,
        bytes32 structHash,
        bytes calldata signature
    ) internal pure returns (bool) {
        if (signature.length != SIGNATURE_BYTES) return false;
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        if (uint256(s) > MAX_S) return false;
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        address recovered = ecrecover(digest, uint8(signature[64]), r, s);
        return recovered != address(0) && recovered == signer;
    }
}
