//! One bit field of a register: its place, and how to read and write it.

/// A bit field: lowest bit and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits {
    shift: u8,
    width: u8,
}

impl Bits {
    /// The field of `width` bits (1-32) whose lowest bit is `shift` (0-31).
    pub const fn new(shift: u8, width: u8) -> Self {
        assert!(width >= 1 && shift < 32 && shift + width <= 32);
        Bits { shift, width }
    }

    /// The field that is bit `bit` (0-31) alone.
    pub const fn bit(bit: u8) -> Self {
        Bits::new(bit, 1)
    }

    /// The field's bits, set, in place.
    pub const fn mask(self) -> u32 {
        (u32::MAX >> (32 - self.width)) << self.shift
    }

    /// The field's value in `register`.
    pub const fn get(self, register: u32) -> u32 {
        (register & self.mask()) >> self.shift
    }

    /// Whether any of the field's bits is set in `register`.
    pub const fn is_set(self, register: u32) -> bool {
        register & self.mask() != 0
    }

    /// `value` in the field's place; bits that do not fit are dropped.
    pub const fn put(self, value: u32) -> u32 {
        (value << self.shift) & self.mask()
    }

    /// `register` with the field replaced by `value`.
    pub const fn replace(self, register: u32, value: u32) -> u32 {
        (register & !self.mask()) | self.put(value)
    }
}

/// The low word of a 64-bit register pair replaced.
pub const fn with_low_word(pair: u64, word: u32) -> u64 {
    (pair & 0xffff_ffff_0000_0000) | word as u64
}

/// The high word of a 64-bit register pair replaced.
pub const fn with_high_word(pair: u64, word: u32) -> u64 {
    (pair & 0xffff_ffff) | ((word as u64) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_from_and_put_in_place() {
        let field = Bits::new(13, 16);
        assert_eq!(field.mask(), 0x1fff_e000);
        assert_eq!(field.get(0x6000_2000), 1);
        assert_eq!(field.replace(u32::MAX, 0), 0xe000_1fff);
        assert_eq!(Bits::new(0, 32).put(0xdead_beef), 0xdead_beef);
        assert!(Bits::bit(31).is_set(0x8000_0000));
        assert_eq!(Bits::new(8, 4).put(0x1f), 0xf00);
    }

    #[test]
    fn words_of_a_pair_are_replaced_alone() {
        assert_eq!(with_low_word(0x1_0000_0002, 7), 0x1_0000_0007);
        assert_eq!(with_high_word(0x1_0000_0002, 7), 0x7_0000_0002);
    }
}
