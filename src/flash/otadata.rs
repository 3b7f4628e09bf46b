//! The OTA selection: two sectors that say which app slot is booted.
//!
//! Source: ESP-IDF `components/bootloader_support/src/bootloader_common_loader.c`
//! (`bootloader_common_get_active_otadata`) and `bootloader_utility.c`
//! (`bootloader_utility_get_selected_boot_partition`), without the rollback and anti-rollback options.

use super::partition::PartitionTable;
use super::{SECTOR_SIZE, partition};

/// Bytes of the otadata partition: a sector for each entry.
pub const OTADATA_LEN: usize = 2 * SECTOR_SIZE;

const ENTRY_LEN: usize = 32;
/// Sequence number of an entry that was never written.
const SEQ_BLANK: u32 = u32::MAX;

/// An otadata partition that is too short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("otadata of {len} bytes is shorter than {OTADATA_LEN} bytes")]
pub struct OtadataError {
    /// Bytes as given.
    pub len: usize,
}

/// The state of an app that an update wrote (ESP-IDF `esp_flash_partitions.h`, `esp_ota_img_states_t`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtaState {
    /// Written, not booted yet.
    New,
    /// Booted once; without confirmation it is rolled back.
    PendingVerify,
    /// Confirmed.
    Valid,
    /// Rejected: not booted.
    Invalid,
    /// Rolled back: not booted.
    Aborted,
    /// No state, or any other value: booted without limits.
    Undefined(u32),
}

impl OtaState {
    /// The state that a stored word means.
    pub const fn from_word(word: u32) -> Self {
        match word {
            0 => OtaState::New,
            1 => OtaState::PendingVerify,
            2 => OtaState::Valid,
            3 => OtaState::Invalid,
            4 => OtaState::Aborted,
            other => OtaState::Undefined(other),
        }
    }

    /// The stored word.
    pub const fn word(self) -> u32 {
        match self {
            OtaState::New => 0,
            OtaState::PendingVerify => 1,
            OtaState::Valid => 2,
            OtaState::Invalid => 3,
            OtaState::Aborted => 4,
            OtaState::Undefined(word) => word,
        }
    }
}

/// One of the two entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtaEntry {
    /// Sequence number, from 1; the slot is (number - 1) modulo the number of slots.
    pub seq: u32,
    /// State of the app.
    pub state: OtaState,
    /// Stored CRC-32 of the sequence number.
    pub crc: u32,
}

impl OtaEntry {
    /// An entry with the right CRC.
    pub fn new(seq: u32, state: OtaState) -> Self {
        OtaEntry {
            seq,
            state,
            crc: seq_crc(seq),
        }
    }

    /// Whether the stored CRC fits.
    pub fn crc_is_valid(&self) -> bool {
        self.crc == seq_crc(self.seq)
    }

    /// Whether the entry is blank or its app is not to be booted, whatever the CRC.
    pub fn is_ruled_out(&self) -> bool {
        self.seq == SEQ_BLANK || matches!(self.state, OtaState::Invalid | OtaState::Aborted)
    }

    /// Whether the entry can select a slot.
    pub fn is_valid(&self) -> bool {
        !self.is_ruled_out() && self.crc_is_valid()
    }

    fn parse(bytes: &[u8; ENTRY_LEN]) -> Self {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        OtaEntry {
            seq: word(0),
            state: OtaState::from_word(word(24)),
            crc: word(28),
        }
    }

    /// The entry's 32 bytes, with a blank label.
    pub fn to_bytes(&self) -> [u8; ENTRY_LEN] {
        let mut bytes = [0xFF; ENTRY_LEN];
        bytes[..4].copy_from_slice(&self.seq.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.state.word().to_le_bytes());
        bytes[28..].copy_from_slice(&self.crc.to_le_bytes());
        bytes
    }
}

/// What the bootloader tries first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootSlot {
    /// The factory app.
    Factory,
    /// An OTA slot, by its number among the slots of the table.
    Ota(u32),
}

/// Both entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Otadata {
    /// The entries of the first and the second sector.
    pub entries: [OtaEntry; 2],
}

impl Otadata {
    /// Reads the entries from the bytes of the otadata partition.
    ///
    /// # Errors
    /// Where there are fewer than [`OTADATA_LEN`] bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, OtadataError> {
        let error = OtadataError { len: bytes.len() };
        let [first, second] = [0, SECTOR_SIZE].map(|at| bytes.get(at..)?.first_chunk());
        let (Some(first), Some(second), true) = (first, second, bytes.len() >= OTADATA_LEN) else {
            return Err(error);
        };
        Ok(Otadata {
            entries: [OtaEntry::parse(first), OtaEntry::parse(second)],
        })
    }

    /// The bytes of the otadata partition.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0xFF; OTADATA_LEN];
        for (sector, entry) in bytes.chunks_exact_mut(SECTOR_SIZE).zip(&self.entries) {
            sector[..ENTRY_LEN].copy_from_slice(&entry.to_bytes());
        }
        bytes
    }

    /// The entry that counts: the valid one with the highest sequence number.
    pub fn active(&self) -> Option<&OtaEntry> {
        let [first, second] = &self.entries;
        match (first.is_valid(), second.is_valid()) {
            (true, true) if second.seq > first.seq => Some(second),
            (true, _) => Some(first),
            (false, true) => Some(second),
            (false, false) => None,
        }
    }

    /// What the bootloader tries first with this table.
    pub fn select(&self, table: &PartitionTable) -> BootSlot {
        let slots = table.ota_slots() as u32;
        let has_factory = table
            .find_type(partition::TYPE_APP, partition::SUBTYPE_FACTORY)
            .is_some();
        match self.active() {
            Some(entry) if slots > 0 => BootSlot::Ota(entry.seq.wrapping_sub(1) % slots),
            _ if has_factory => BootSlot::Factory,
            _ => BootSlot::Ota(0),
        }
    }
}

/// CRC-32 (reflected polynomial 0xEDB88320) of the four bytes of a sequence number as `esp_rom_crc32_le` with the
/// initial value 0xFFFFFFFF computes it. That function inverts the value on the way in and out.
fn seq_crc(seq: u32) -> u32 {
    const REFLECTED_POLYNOMIAL: u32 = 0xEDB8_8320;
    let crc = (0..32).fold(seq, |crc, _| {
        (crc >> 1)
            ^ if crc & 1 == 1 {
                REFLECTED_POLYNOMIAL
            } else {
                0
            }
    });
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use partition::{Partition, SUBTYPE_FACTORY, SUBTYPE_OTA_0, TYPE_APP};
    use proptest::prelude::*;

    fn table(factory: bool, slots: u8) -> PartitionTable {
        let app =
            |subtype: u8| Partition::new(&format!("{subtype:x}"), TYPE_APP, subtype, 0x1_0000, 1);
        let factory = factory.then(|| app(SUBTYPE_FACTORY));
        let slots = (0..slots).map(|slot| app(SUBTYPE_OTA_0 + slot));
        PartitionTable::new(factory.into_iter().chain(slots).collect())
    }

    fn entries(first: (u32, OtaState), second: (u32, OtaState)) -> Otadata {
        Otadata {
            entries: [first, second].map(|(seq, state)| OtaEntry::new(seq, state)),
        }
    }

    const BLANK: (u32, OtaState) = (SEQ_BLANK, OtaState::Undefined(u32::MAX));

    /// Python 3: `hex(binascii.crc32(struct.pack("<I", seq), 0xffffffff))`, as ESP-IDF's `otatool.py` does.
    #[test]
    fn crc_of_sequence_numbers() {
        let known = [
            (1, 0x4743_989A),
            (2, 0x55F6_3774),
            (3, 0xED4A_5011),
            (0x1234_5678, 0x71D6_A731),
        ];
        for (seq, crc) in known {
            assert_eq!(OtaEntry::new(seq, OtaState::Valid).crc, crc, "{seq}");
        }
    }

    #[test]
    fn highest_valid_entry_wins() {
        use OtaState::*;
        let undefined = Undefined(u32::MAX);
        for (first, second, wanted) in [
            (BLANK, BLANK, BootSlot::Factory),
            ((1, undefined), BLANK, BootSlot::Ota(0)),
            (BLANK, (2, undefined), BootSlot::Ota(1)),
            ((3, Valid), (2, Valid), BootSlot::Ota(0)),
            ((3, Valid), (4, New), BootSlot::Ota(1)),
            ((3, Valid), (4, Aborted), BootSlot::Ota(0)),
            ((3, Invalid), (4, Aborted), BootSlot::Factory),
        ] {
            let otadata = entries(first, second);
            assert_eq!(otadata.select(&table(true, 2)), wanted, "{otadata:?}");
        }
        let mut otadata = entries((3, Valid), (4, Valid));
        otadata.entries[1].crc ^= 1;
        assert_eq!(otadata.select(&table(true, 3)), BootSlot::Ota(2));
        assert_eq!(otadata.select(&table(true, 0)), BootSlot::Factory);
        assert_eq!(
            entries(BLANK, BLANK).select(&table(false, 2)),
            BootSlot::Ota(0)
        );
    }

    proptest! {
        #[test]
        fn round_trip(first: (u32, u32), second: (u32, u32), slots in 0u8..17) {
            let otadata = entries(
                (first.0, OtaState::from_word(first.1)),
                (second.0, OtaState::from_word(second.1)),
            );
            prop_assert_eq!(Otadata::parse(&otadata.to_bytes()), Ok(otadata));
            let slot = otadata.select(&table(false, slots));
            prop_assert!(matches!(slot, BootSlot::Ota(slot) if slot < u32::from(slots.max(1))));
        }

        #[test]
        fn short_otadata_is_refused(len in 0..OTADATA_LEN) {
            prop_assert_eq!(Otadata::parse(&vec![0; len]), Err(OtadataError { len }));
        }
    }
}
