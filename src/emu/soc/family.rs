//! A system on chip: what all families have in common, and what each of them does in its own way.

use std::fmt::Debug;
use std::sync::Arc;

use super::board::Board;
use super::chips::Silicon;
use super::device_list::DeviceSet;
use super::device_map::DeviceMap;
use super::flash_cache::FlashCache;
use super::memories::Memories;
use crate::efuse::EfuseBank;
use crate::emu::Ticks;
use crate::emu::bus::{At, Bus, BusFault, Entry, Flow};
use crate::emu::cpu::Cpu;
use crate::emu::memory::Memory;
use crate::emu::periph::ResetRequest;
use crate::emu::rom::Rom;
use crate::virtual_chip::{Individual, PowerOn};

/// Names of a family's devices.
pub(crate) type Id<F> = <<F as Family>::Devices as DeviceSet>::Id;
/// What a chip's folder fills in for a family.
pub(crate) type Description<F> = <<F as Family>::Devices as DeviceSet>::Description;

/// Chips that are built alike.
pub(crate) trait Family: Debug + Clone + Sized + 'static {
    /// The cores.
    type Core: Cpu;
    /// The devices.
    type Devices: DeviceSet;

    /// How long a core goes on after it asked for its own reset.
    const RESET_DELAY: Ticks;

    /// What every chip has.
    fn silicon(chip: &'static Description<Self>) -> &'static Silicon;

    /// Which device answers where.
    fn map(chip: &'static Description<Self>) -> &'static DeviceMap<Id<Self>>;

    /// The frame behind an address of a cache window, if the core's cache serves it now.
    fn cached_entry(
        soc: &mut OnChip<Self>,
        memory: &mut Memory,
        address: u32,
        core: usize,
    ) -> Option<Entry>;

    /// Reads what is no device and in no page map: cache windows that are not served now, and odd images of memories.
    fn read_apart(
        soc: &mut OnChip<Self>,
        memory: &mut Memory,
        address: u32,
        size: u32,
        at: At,
    ) -> Option<Result<u32, BusFault>>;

    /// Writes what is no device and in no page map.
    fn write_apart(
        soc: &mut OnChip<Self>,
        memory: &mut Memory,
        address: u32,
        size: u32,
        value: u32,
        at: At,
    ) -> Option<Result<Flow, BusFault>>;

    /// A core fetched from where no instructions are.
    fn fetch_failed(soc: &mut OnChip<Self>, address: u32, at: At);

    /// The flash offset that an address of a cache window shows; nothing where it shows none.
    fn flash_offset(soc: &OnChip<Self>, address: u32, core: usize) -> Option<u32>;

    /// Memory as a debugger sees it: see [`super::Soc::peek`].
    fn peek(
        soc: &OnChip<Self>,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize;

    /// RAM as a debugger changes it: see [`super::Soc::poke`].
    fn poke(soc: &OnChip<Self>, memory: &mut Memory, address: u32, data: &[u8]) -> usize;

    /// Whether instructions can be fetched from an address at all.
    fn executable(soc: &OnChip<Self>, address: u32) -> bool;

    /// A device is about to be read: whatever it shows of others is brought up to date.
    fn before_read(_soc: &mut OnChip<Self>, _id: Id<Self>) {}

    /// A byte came out of a device.
    fn transmitted(board: &mut Board, id: Id<Self>, byte: u8);

    /// Encrypts what lies in the block that prepares encrypted page programs.
    fn encrypt_buffer(soc: &mut OnChip<Self>);

    /// What an encrypted page program sends instead of its own bytes, from the first one on.
    fn ciphertext(devices: &Self::Devices) -> &[u8];

    /// Hands HMAC's key to the digital signature peripheral, where there is one.
    fn hand_signature_key(_soc: &mut OnChip<Self>) {}

    /// Lets DMA go on, where it is modelled.
    fn transfer(_soc: &mut OnChip<Self>, _memory: &mut Memory, _at: At) {}

    /// Address ranges (start, end) that an entry of the flash MMU maps.
    fn pages_of_entry(soc: &OnChip<Self>, entry: u32) -> [Option<(u32, u32)>; 2];

    /// The devices that use eFuses take them over.
    fn latch(soc: &mut OnChip<Self>);

    /// Whether the cache decrypts: the odd eFuse counter when booting from flash; in download mode what software asks
    /// for, unless eFuses forbid it (TRM, "External Memory Encryption and Decryption").
    fn decrypts_reads(soc: &OnChip<Self>) -> bool;

    /// Whether software may, and does, ask for encrypted page programs.
    fn encrypts_writes(soc: &OnChip<Self>) -> bool;

    /// Makes SPI1 mark its page programs as encrypted, or not.
    fn set_encrypting(devices: &mut Self::Devices, encrypting: bool);

    /// Whether the second core is held in reset or has no clock to start with.
    fn second_core_held(soc: &OnChip<Self>) -> bool;

    /// Whether a core that is not held runs.
    fn core_runs(soc: &OnChip<Self>, core: usize) -> bool;

    /// Takes the clocks over.
    fn set_clocks(soc: &mut OnChip<Self>);

    /// The levels of the cores' interrupt lines.
    fn interrupt_lines(soc: &mut OnChip<Self>) -> [u32; 2];

    /// The cause that a core reads after its reset.
    fn set_reset_cause(devices: &mut Self::Devices, core: usize, cause: u8);

    /// One core alone was reset.
    fn core_was_reset(_devices: &mut Self::Devices, _core: u8) {}

    /// `core` is about to be reset at this program counter and stack pointer.
    fn record_place(_devices: &mut Self::Devices, _core: usize, _pc: u32, _sp: u32) {}
}

/// A system on chip of a family.
#[derive(Debug, Clone)]
pub(crate) struct OnChip<F: Family> {
    pub(super) chip: &'static Description<F>,
    pub(super) board: Board,
    pub(super) memories: Memories,
    pub(super) devices: F::Devices,
    pub(super) flash_cache: FlashCache,
    /// The eFuses as the hardware took them over last: at reset, or with the controller's read command.
    pub(super) latched: EfuseBank,
    /// The reset that a core asked for, of itself, and when it comes.
    pub(super) coming_reset: Option<(Ticks, ResetRequest)>,
}

impl<F: Family> OnChip<F> {
    /// The bus of a chip with this ROM, powered on.
    pub(super) fn power_on(
        chip: &'static Description<F>,
        rom: Arc<Rom>,
        mut power: PowerOn,
    ) -> Bus<OnChip<F>> {
        let silicon = F::silicon(chip);
        let individual = Individual::of(power.seed, power.efuses.mac());
        power.seed = individual.random;
        power.flash_id.get_or_insert(individual.flash_id);
        let mut memory = Memory::default();
        let soc = OnChip {
            chip,
            memories: Memories::new(&silicon.memories, &mut memory, &rom, individual.memory),
            board: Board::new(rom),
            devices: F::Devices::new(chip, &power),
            flash_cache: FlashCache::new(&power.efuses),
            latched: power.efuses.clone(),
            coming_reset: None,
        };
        let (start, end) = silicon.pages;
        let mut bus = Bus::new(memory, soc, silicon.cores, start, end);
        bus.soc.latch_efuses();
        bus
    }

    /// What every chip has.
    pub(super) fn silicon(&self) -> &'static Silicon {
        F::silicon(self.chip)
    }

    /// True if the one-bit eFuse field `name` is burned, as the hardware knows it.
    pub(super) fn fuse(&self, name: &str) -> bool {
        let field = self.latched.field(name);
        field.is_ok_and(|field| self.latched.get(field) != 0)
    }
}
