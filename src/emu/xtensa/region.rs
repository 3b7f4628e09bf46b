//! Region protection: an access attribute for each eighth of the address space, and what a failed access raises.
//!
//! Sources: Xtensa ISA reference manual, "Region Protection Option"; ESP-IDF `components/xtensa/include/xtensa/config`
//! (`XCHAL_HAVE_MIMIC_CACHEATTR`, `XCHAL_HAVE_PIF_WR_RESP` is 0: nothing answers a write, so that a store to where
//! nothing is cannot raise an exception) and `components/esp_hw_support/port/esp32/cpu_region_protect.c`.

use super::core::Core;
use super::exception::Cause;
use crate::emu::bus::BusFault;

/// Attribute of a region that may not be accessed.
const ILLEGAL: u8 = 15;
/// Attribute after reset: everything allowed, cache bypassed.
const BYPASS: u8 = 2;

/// The attributes of the instruction and the data side.
#[derive(Debug, Clone)]
pub(super) struct Regions {
    instruction: [u8; 8],
    data: [u8; 8],
}

impl Default for Regions {
    fn default() -> Self {
        Regions {
            instruction: [BYPASS; 8],
            data: [BYPASS; 8],
        }
    }
}

fn region(address: u32) -> usize {
    (address >> 29) as usize
}

impl Regions {
    /// WITLB, WDTLB: `value` holds the attribute, `address` lies in the region.
    pub fn set(&mut self, instruction: bool, address: u32, value: u32) {
        let side = if instruction {
            &mut self.instruction
        } else {
            &mut self.data
        };
        side[region(address)] = (value & 0xf) as u8;
    }

    /// RITLB1, RDTLB1: the region's physical number and attribute.
    pub fn get(&self, instruction: bool, address: u32) -> u32 {
        let side = if instruction {
            &self.instruction
        } else {
            &self.data
        };
        address & 0xe000_0000 | u32::from(side[region(address)])
    }
}

impl Core {
    /// The exception of a load that failed.
    #[cold]
    pub(super) fn load_fault(&self, fault: BusFault, address: u32) -> Cause {
        match fault {
            _ if self.regions.data[region(address)] == ILLEGAL => Cause::LoadProhibited,
            BusFault::Width | BusFault::ReadOnly => Cause::LoadStoreError,
            BusFault::Nothing | BusFault::NoFetch => Cause::LoadStorePifAddressError,
        }
    }

    /// The exception of a store that failed, if it raises one.
    #[cold]
    pub(super) fn store_fault(&self, fault: BusFault, address: u32) -> Option<Cause> {
        match fault {
            _ if self.regions.data[region(address)] == ILLEGAL => Some(Cause::StoreProhibited),
            // ESP-IDF API guide "Fatal Errors", LoadStoreError: also stores to read-only memory.
            BusFault::Width | BusFault::ReadOnly => Some(Cause::LoadStoreError),
            BusFault::Nothing | BusFault::NoFetch => None,
        }
    }

    /// The exception of a fetch that failed.
    #[cold]
    pub(super) fn fetch_fault(&self, fault: BusFault, address: u32) -> Cause {
        match fault {
            BusFault::Nothing if self.regions.instruction[region(address)] != ILLEGAL => {
                Cause::InstructionPifAddressError
            }
            _ => Cause::InstructionFetchProhibited,
        }
    }
}
