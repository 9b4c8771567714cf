// SPDX-License-Identifier: MIT
// The storage opcodes as functions: IStorageView.sol says what each one means.
// Predeployed at 0x6000000000000000000000000000000000000005.
object "StorageView" {
    code {
        datacopy(0, dataoffset("runtime"), datasize("runtime"))
        return(0, datasize("runtime"))
    }
    object "runtime" {
        code {
            if callvalue() { fail(0xb676344c) } // ValueRefused()

            switch selector()
            case 0xd42bb766 { // storageGas(address,bytes32)
                need(2)
                answer(verbatim_2i_1o(hex"23", account(), word(1)))
            }
            case 0x6d9b06f2 { // storageGasUsed(address,bytes32)
                need(2)
                answer(verbatim_2i_1o(hex"24", account(), word(1)))
            }
            case 0x29060add { // storageGasPrice(address,bytes32)
                need(2)
                answer(verbatim_2i_1o(hex"25", account(), word(1)))
            }
            case 0xb6c7d0dd { // ssize(address,bytes32)
                need(2)
                answer(verbatim_2i_1o(hex"26", account(), word(1)))
            }
            case 0x9d692263 { // sentinelHeft(address)
                need(1)
                answer(verbatim_1i_1o(hex"27", account()))
            }
            case 0x42f8d517 { // dataVersionRead(address,bytes32,uint256)
                need(3)
                answerVersion(account(), word(1), word(2))
            }
            case 0xa9868257 { // dataVersionUpdate(address,bytes32)
                need(2)
                answer(verbatim_2i_1o(hex"22", account(), word(1)))
            }
            default { unknown() }

            // The first four bytes; calldata that is shorter reads as zeros behind its end.
            function selector() -> s { s := shr(224, calldataload(0)) }

            function word(index) -> w { w := calldataload(add(4, mul(index, 32))) }

            function need(words) {
                if lt(calldatasize(), add(4, mul(words, 32))) { fail(0xfcb5c452) } // ShortCalldata()
            }

            function account() -> a {
                a := word(0)
                if shr(160, a) { fail(0x8ba5f014) } // DirtyAddress()
            }

            function answer(w) {
                mstore(0, w)
                return(0, 32)
            }

            // The opcode leaves the status on top, below it account and amount of each of eight pairs.
            // Yul's first variable is the deepest word.
            function answerVersion(owner, id, version) {
                let
                    amount7, account7,
                    amount6, account6,
                    amount5, account5,
                    amount4, account4,
                    amount3, account3,
                    amount2, account2,
                    amount1, account1,
                    amount0, account0,
                    status := verbatim_3i_17o(hex"21", owner, id, version)
                mstore(0, status)
                mstore(32, account0)
                mstore(64, amount0)
                mstore(96, account1)
                mstore(128, amount1)
                mstore(160, account2)
                mstore(192, amount2)
                mstore(224, account3)
                mstore(256, amount3)
                mstore(288, account4)
                mstore(320, amount4)
                mstore(352, account5)
                mstore(384, amount5)
                mstore(416, account6)
                mstore(448, amount6)
                mstore(480, account7)
                mstore(512, amount7)
                return(0, 544)
            }

            function fail(code) {
                mstore(0, shl(224, code))
                revert(0, 4)
            }

            function unknown() {
                mstore(0, shl(224, 0x150879b0)) // UnknownFunction(bytes4)
                mstore(4, shl(224, selector()))
                revert(0, 36)
            }
        }
    }
}
