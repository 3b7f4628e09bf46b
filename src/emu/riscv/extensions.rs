//! What a core has beyond that of the ESP32-C3, and the registers that come with it.
//!
//! Sources: The RISC-V Instruction Set Manual, volume II, for the interrupt enables; ESP-IDF `components/esp_hw_support/port/
//! esp32c6/cpu_region_protect.c` and `components/riscv/include/riscv/csr.h` for the memory attributes.

use super::csr::number;

/// What a core has beyond RV32IMC and the ESP32-C3's registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extensions {
    /// A: atomic instructions.
    pub(crate) atomic: bool,
    /// Interrupts are enabled one by one in the core too: mie, mip, uie.
    pub(crate) interrupt_enables: bool,
    /// Physical memory attributes: 16 entries of a configuration and an address.
    pub(crate) memory_attributes: bool,
}

impl Extensions {
    /// Those of the ESP32-C3: none.
    pub(crate) const ESP32C3: Extensions = Extensions {
        atomic: false,
        interrupt_enables: false,
        memory_attributes: false,
    };

    /// Those of the ESP32-C6.
    pub(crate) const ESP32C6: Extensions = Extensions {
        atomic: true,
        interrupt_enables: true,
        memory_attributes: true,
    };
}

/// Entries of the physical memory attributes.
const ENTRIES: usize = 16;

/// The registers that come with [`Extensions`].
///
/// The memory attributes only read back. They tell the core which addresses hold memory that may be accessed and cached;
/// here the bus knows what is where, and an access to nothing fails without them.
#[derive(Debug, Clone, Default)]
pub(super) struct Registers {
    /// Interrupts that may be taken in machine mode, bit by number.
    pub mie: u32,
    uie: u32,
    attributes: [[u32; ENTRIES]; 2],
}

/// A register of the extensions.
#[derive(Debug, Clone, Copy)]
enum Place {
    Mie,
    Mip,
    Uie,
    /// Configuration (0) or address (1), and the entry.
    Attribute(usize, usize),
}

fn place(extensions: Extensions, number: u16) -> Option<Place> {
    let entry = |first: u16| usize::from(number - first);
    match number {
        number::MIE if extensions.interrupt_enables => Some(Place::Mie),
        number::MIP if extensions.interrupt_enables => Some(Place::Mip),
        number::UIE if extensions.interrupt_enables => Some(Place::Uie),
        number::PMACFG0..=number::PMACFG15 if extensions.memory_attributes => {
            Some(Place::Attribute(0, entry(number::PMACFG0)))
        }
        number::PMAADDR0..=number::PMAADDR15 if extensions.memory_attributes => {
            Some(Place::Attribute(1, entry(number::PMAADDR0)))
        }
        _ => None,
    }
}

impl Registers {
    /// The value of a register; `None` if a core with these extensions has no such one. `lines` are the pending interrupts.
    pub fn read(&self, extensions: Extensions, number: u16, lines: u32) -> Option<u32> {
        Some(match place(extensions, number)? {
            Place::Mie => self.mie,
            Place::Mip => lines,
            Place::Uie => self.uie,
            Place::Attribute(kind, entry) => self.attributes[kind][entry],
        })
    }

    /// Writes a register; false if there is none.
    pub fn write(&mut self, extensions: Extensions, number: u16, value: u32) -> bool {
        let Some(place) = place(extensions, number) else {
            return false;
        };
        match place {
            Place::Mie => self.mie = value,
            // What is pending is told by the interrupt controller.
            Place::Mip => {}
            Place::Uie => self.uie = value,
            Place::Attribute(kind, entry) => self.attributes[kind][entry] = value,
        }
        true
    }
}
