//! The chips that can be booted: a folder each.
//!
//! A folder holds the chip's address map, the layouts of its registers, its interrupt sources and its mask ROMs, behind
//! one description. What chips of one generation do alike is in the families beside: [`super::esp32`], [`super::later`],
//! [`super::lp`].

pub(crate) mod esp32;
pub(crate) mod esp32c3;
pub(crate) mod esp32c6;
pub(crate) mod esp32s3;

use crate::chip::{Chip, ChipRevision, UnmodelledFuse};
use crate::efuse::{EfuseBank, Field};
use crate::emu::periph::reset_cause;
use crate::emu::rom::{MaskRom, Rom, RomError, RomSpec};
use crate::emu::soc::memories::MemoryMap;

/// What is known of every chip, whatever its family.
#[derive(Debug)]
pub(crate) struct Silicon {
    /// The chip.
    pub chip: Chip,
    /// Number of cores.
    pub cores: usize,
    /// Its mask ROMs.
    pub rom: RomSpec,
    /// Its memories.
    pub memories: MemoryMap,
    /// Lowest address that can be in a page map, and the end of those addresses; memory above takes the slow path.
    pub pages: (u32, u32),
    /// Addresses at which the caches show flash.
    pub windows: [(u32, u32); 2],
    /// eFuse fields that do to the chip what the emulator does not do.
    pub fuses: &'static [UnmodelledFuse],
    /// Names of reset causes.
    pub reset_causes: reset_cause::Names,
}

/// The list of chips: name of the folder, name of the chip.
macro_rules! chips {
    ( $( $folder:ident: $chip:ident, )* ) => {
        impl Chip {
            /// The chips that the built-in emulator can boot.
            pub const BOOTABLE: [Chip; [$( Chip::$chip ),*].len()] = [$( Chip::$chip ),*];
        }

        /// What is known of a chip; nothing if it cannot be booted.
        pub(crate) fn silicon(chip: Chip) -> Option<&'static Silicon> {
            match chip {
                $( Chip::$chip => Some(&$folder::CHIP.silicon), )*
                _ => None,
            }
        }
    };
}

chips! {
    esp32: Esp32,
    esp32c3: Esp32C3,
    esp32s3: Esp32S3,
    esp32c6: Esp32C6,
}

impl Chip {
    /// Whether the built-in emulator can boot the chip; of others eFuses and cipher are modelled.
    pub fn is_bootable(self) -> bool {
        silicon(self).is_some()
    }

    /// The chip's mask ROMs, the most common one first; none if it cannot be booted.
    pub fn mask_roms(self) -> &'static [MaskRom] {
        silicon(self).map_or(&[], |silicon| silicon.rom.masks)
    }
}

impl EfuseBank {
    /// The burned fields that do to the chip what the emulator does not do, each with its value; none on chips that cannot
    /// be booted.
    pub fn unmodelled(
        &self,
    ) -> impl Iterator<Item = (&'static UnmodelledFuse, &'static Field, u64)> {
        let fuses = silicon(self.chip()).map_or(&[][..], |silicon| silicon.fuses);
        fuses.iter().filter_map(|fuse| {
            let field = self.field(fuse.field).ok()?;
            let value = self.get(field);
            (value != 0).then_some((fuse, field, value))
        })
    }
}

impl Rom {
    /// The mask ROM of a chip revision, from the ELFs that the `espflash` crate carries.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(chip: Chip, revision: ChipRevision) -> Result<Self, RomError> {
        let silicon = silicon(chip).ok_or(RomError::Unknown { chip, revision })?;
        let elf = silicon.rom.elf(chip, revision)?;
        Rom::from_elf(&silicon.rom.layout, &elf)
    }
}
