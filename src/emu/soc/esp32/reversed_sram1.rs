//! SRAM1's second image on the instruction bus, word by word in reverse order.

/// The data-bus address of a word of SRAM1's image on the instruction bus, where the words stand in reverse order
/// (TRM, "Internal SRAM 1": 0x400a_0000 is 0x3fff_fffc).
pub(super) fn reversed_sram1(address: u32) -> Option<u32> {
    (0x400a_0000..0x400c_0000)
        .contains(&address)
        .then(|| 0x3fff_fffc - ((address - 0x400a_0000) & !3))
}
