//! Tests of what the systems on chip do with their devices, and of the chips' descriptions.

use std::sync::Arc;

use super::chips::{self, esp32, esp32c3, esp32c6, esp32s3};
use super::device_list::DeviceSet;
use super::device_map::{BLOCK, DeviceMap};
use super::family::{Family, Id, OnChip};
use super::{Soc, later};
use crate::boot::{GapKind, Stop};
use crate::chip::{Chip, ChipRevision};
use crate::efuse::EfuseBank;
use crate::emu::bus::{At, Bus};
use crate::emu::periph::Device;
use crate::emu::rom::Rom;
use crate::flash::FlashImage;
use crate::virtual_chip::{PowerOn, Strap};

const AT: At = At {
    core: 0,
    pc: 0x4000_0400,
    remaining: 0,
};

/// A chip with these fields burned, powered on with erased flash.
fn power(chip: Chip, burned: &[(&str, u64)]) -> (Arc<Rom>, PowerOn) {
    let revision = chip.mask_roms()[0].revisions[0];
    let mut efuses = EfuseBank::factory(chip, revision, [2, 0, 0, 0, 0, 1]);
    for &(name, value) in burned {
        let field = efuses.field(name).unwrap();
        efuses.burn(field, value).unwrap();
    }
    let power = PowerOn {
        flash: FlashImage::erased(1 << 20),
        efuses,
        strap: Strap::FlashBoot,
        seed: 1,
        flash_id: None,
    };
    (Arc::new(Rom::of(chip, revision).unwrap()), power)
}

fn esp32(burned: &[(&str, u64)]) -> Bus<super::esp32::Esp32> {
    let (rom, power) = power(Chip::Esp32, burned);
    esp32::power_on(rom, power).0
}

fn esp32c3(burned: &[(&str, u64)]) -> Bus<esp32c3::Esp32C3> {
    let (rom, power) = power(Chip::Esp32C3, burned);
    esp32c3::power_on(rom, power).0
}

fn esp32s3(burned: &[(&str, u64)]) -> Bus<esp32s3::Esp32S3> {
    let (rom, power) = power(Chip::Esp32S3, burned);
    esp32s3::power_on(rom, power).0
}

fn esp32c6(burned: &[(&str, u64)]) -> Bus<esp32c6::Esp32C6> {
    let (rom, power) = power(Chip::Esp32C6, burned);
    esp32c6::power_on(rom, power).0
}

fn store<F: Family>(bus: &mut Bus<OnChip<F>>, address: u32, value: u32) {
    let stored = bus.soc.write_device(&mut bus.memory, address, value, AT);
    assert!(stored.is_ok(), "{address:#x}");
}

/// Every block of a map has its device, and no two lie on one another.
fn check_map<F: Family>(bus: &mut Bus<OnChip<F>>, map: &DeviceMap<Id<F>>) {
    let mut free = 0;
    for place in map.places {
        assert!(place.base >= free, "{:#x}", place.base);
        free = place.base + place.size;
        assert_ne!(bus.soc.devices.get(place.id).name(), "nothing");
    }
    for &(name, base, _) in map.unmodelled {
        for address in [base, base + BLOCK - 4] {
            let (id, _) = map.find(address).unwrap();
            assert_eq!(bus.soc.devices.get(id).name(), name);
        }
    }
}

#[test]
fn every_block_of_the_maps_has_its_device() {
    check_map(&mut esp32(&[]), &esp32::CHIP.map);
    check_map(&mut esp32c3(&[]), &esp32c3::CHIP.map);
    check_map(&mut esp32s3(&[]), &esp32s3::CHIP.map);
    check_map(&mut esp32c6(&[]), &esp32c6::CHIP.map);
}

#[test]
fn the_ahb_bus_shows_the_esp32s_peripherals_again() {
    let map = &esp32::CHIP.map;
    assert_eq!(map.find(0x6001_a004), map.find(0x3ff5_a004));
    assert!(map.find(0x3ff5_a004).is_some() && map.find(0x6004_0000).is_none());
}

#[test]
fn a_mask_rom_serves_the_revisions_that_it_names() {
    for chip in Chip::BOOTABLE {
        for mask in chip.mask_roms() {
            let own = Rom::of(chip, mask.from).unwrap().sha256();
            for &revision in mask.revisions {
                assert_eq!(Rom::of(chip, revision).unwrap().sha256(), own, "{revision}");
            }
        }
    }
    assert!(Rom::of(Chip::Esp32P4, ChipRevision::new(0, 0)).is_err());
    assert!(!Chip::Esp32P4.is_bootable() && Chip::Esp32P4.mask_roms().is_empty());
}

#[test]
fn fuses_that_are_not_modelled_are_fields_of_their_chip() {
    for chip in Chip::BOOTABLE {
        let silicon = chips::silicon(chip).unwrap();
        assert_eq!(silicon.chip, chip);
        let blank = EfuseBank::blank(chip);
        for fuse in silicon.fuses {
            assert!(blank.field(fuse.field).is_ok(), "{chip} {}", fuse.field);
        }
        assert_eq!(blank.unmodelled().count(), 0);
    }
}

/// Gaps of behaviour, as they are told.
fn behaviours(soc: &impl Soc) -> Vec<String> {
    let gaps = soc.board().gaps().into_iter();
    gaps.filter_map(|gap| match gap.kind {
        GapKind::Behaviour { what } => Some(what),
        _ => None,
    })
    .collect()
}

#[test]
fn a_fuse_that_moves_a_pin_stands_in_the_evidence_with_its_value() {
    let bus = esp32(&[("SPI_PAD_CONFIG_CLK", 6), ("XPD_SDIO_FORCE", 1)]);
    let told = behaviours(&bus.soc);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .any(|what| what.contains("SPI_PAD_CONFIG_CLK is 0x6"))
    );
    assert!(bus.soc.board().pending.stop.is_none());
}

#[test]
fn a_fuse_that_keeps_a_chip_from_booting_stops_the_run() {
    let stops = [
        esp32(&[("DIS_CACHE", 1)]).soc.board().pending.stop.clone(),
        esp32c3(&[("DIS_ICACHE", 1)])
            .soc
            .board()
            .pending
            .stop
            .clone(),
        esp32s3(&[("DIS_DCACHE", 1)])
            .soc
            .board()
            .pending
            .stop
            .clone(),
    ];
    for stop in stops {
        assert!(matches!(stop, Some(Stop::Gap(_))), "{stop:?}");
    }
    assert!(behaviours(&esp32(&[]).soc).is_empty());
}

#[test]
fn the_esp32s_rsa_and_efuse_interrupts_come_without_being_polled() {
    const RSA_MODEXP_START: u32 = 0x3ff0_2808;
    const EFUSE: u32 = 0x3ff5_a000;
    let mut bus = esp32(&[]);
    let others = bus.soc.next_event();
    store(&mut bus, RSA_MODEXP_START, 1);
    let rsa = bus.soc.devices.rsa.next_event();
    assert!(rsa.is_some() && rsa < others);
    assert_eq!(bus.soc.next_event(), rsa);
    bus.soc.advance(rsa.unwrap());
    assert_eq!(bus.soc.devices.rsa.interrupts(), 1);

    let mut bus = esp32(&[]);
    // EFUSE_INT_ENA, EFUSE_CONF with the operation code of a read, EFUSE_CMD.
    store(&mut bus, EFUSE + 0x110, 1);
    store(&mut bus, EFUSE + 0xfc, 0x5aa5);
    store(&mut bus, EFUSE + 0x104, 1);
    let efuse = bus.soc.devices.efuse.next_event();
    assert!(efuse.is_some());
    assert_eq!(bus.soc.next_event(), efuse);
    bus.soc.advance(efuse.unwrap());
    assert_eq!(bus.soc.devices.efuse.interrupts(), 1);
}

#[test]
fn an_efuse_lengthens_the_boot_watchdog_of_the_later_chips() {
    let period = esp32c3(&[]).soc.devices.rtc.slow_period();
    for (select, factor) in [(0, 2), (1, 4), (2, 8), (3, 16)] {
        let c3 = esp32c3(&[("WDT_DELAY_SEL", select)]);
        let s3 = esp32s3(&[("WDT_DELAY_SEL", select)]);
        let fires = Some(200_000 * factor * period);
        assert_eq!(c3.soc.devices.rtc.next_event(), fires);
        assert_eq!(s3.soc.devices.rtc.next_event(), fires);
        let c6 = esp32c6(&[("WDT_DELAY_SEL", select)]);
        assert_eq!(c6.soc.devices.wdt.next_event(), fires);
    }
}

/// Programs `bytes` bytes through SPI1 by a user command, and says whether the run stops.
fn program<F: Family>(bus: &mut Bus<OnChip<F>>, spi1: u32, user: [u32; 4], bytes: u32) -> bool {
    let [user, user1, user2, mosi_dlen] = user;
    store(bus, spi1 + user, 1 << 31 | 1 << 30 | 1 << 27);
    store(bus, spi1 + user1, 23 << 26);
    store(bus, spi1 + user2, 7 << 28 | 0x02);
    store(bus, spi1 + mosi_dlen, bytes * 8 - 1);
    store(bus, spi1, 1 << 18);
    let stop = bus.soc.board_mut().pending.stop.take();
    matches!(stop, Some(Stop::Gap(_)))
}

#[test]
fn an_encrypted_program_of_more_than_was_encrypted_stops_on_every_chip() {
    let mut bus = esp32(&[]);
    let user = [0x1c, 0x20, 0x24, 0x28];
    assert!(!program(&mut bus, 0x3ff4_2000, user, 64));
    // DPORT_SPI_ENCRYPT_ENABLE.
    store(&mut bus, 0x3ff0_00c8, 1 << 8);
    assert!(!program(&mut bus, 0x3ff4_2000, user, 32));
    assert!(program(&mut bus, 0x3ff4_2000, user, 33));

    let user = [0x18, 0x1c, 0x20, 0x24];
    let mut c3 = esp32c3(&[]);
    store(&mut c3, 0x600c_0044, 1);
    assert!(program(&mut c3, 0x6000_2000, user, 16));
    let mut s3 = esp32s3(&[]);
    store(&mut s3, 0x600c_004c, 1);
    assert!(program(&mut s3, 0x6000_2000, user, 16));
}

/// Whatever the chip decrypts, a page that the MMU does not call sensitive is shown as it lies in flash.
#[test]
fn the_esp32c6s_mmu_says_page_by_page_what_is_decrypted() {
    const WINDOW: u32 = 0x4200_0000;
    let (rom, mut power) = power(Chip::Esp32C6, &[]);
    let mode = crate::efuse::EncryptionMode::Release;
    power
        .efuses
        .burn_encryption_mode(mode, &[0x5a; 32])
        .unwrap();
    power.flash.write(0x1_0000, b"as it lies there");
    let (mut bus, _) = esp32c6::power_on(rom, power);
    let shown = |bus: &Bus<esp32c6::Esp32C6>, address| {
        let mut bytes = [0; 16];
        let count = bus.soc.peek(&bus.memory, 0, address, &mut bytes);
        (count == 16).then_some(bytes)
    };
    assert_eq!(shown(&bus, WINDOW), None);
    for (entry, content) in [(0, 1 << 9 | 1), (1, 1 << 10 | 1 << 9 | 1)] {
        store(&mut bus, 0x6000_2380, entry);
        store(&mut bus, 0x6000_237c, content);
    }
    assert_eq!(shown(&bus, WINDOW).as_ref(), Some(b"as it lies there"));
    let decrypted = shown(&bus, WINDOW + 0x1_0000).unwrap();
    assert_ne!(&decrypted, b"as it lies there");
    // Pages of 8 KB: the same entry shows another place, at another address.
    store(&mut bus, 0x6000_2384, 3 << 3);
    assert_eq!(shown(&bus, WINDOW), Some([0xff; 16]));
    assert_eq!(shown(&bus, WINDOW + 0x4000), None);
    // EXTMEM_L1_CACHE_SHUT_DBUS.
    store(&mut bus, 0x600c_8004, 2);
    assert_eq!(shown(&bus, WINDOW), None);
}

#[test]
fn a_chip_without_a_block_has_none() {
    let c3 = esp32c3(&[]);
    let devices: &later::devices::Devices = &c3.soc.devices;
    assert!(devices.rtc_io.is_none() && devices.sens.is_none() && devices.rng.is_none());
}
