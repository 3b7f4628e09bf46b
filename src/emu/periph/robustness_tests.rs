//! No sequence of register accesses may make a device panic, stall time, or grow without bound.

use super::register_file::RegisterFile;
use super::rng::Rng;
use super::*;
use crate::chip::{Chip, ChipRevision};
use crate::efuse::EfuseBank;
use crate::emu::TICKS_PER_RTC_SLOW;
use crate::flash::FlashImage;
use crate::virtual_chip::Strap;

const ACCESSES: usize = 20_000;
const WDEV_RND: u32 = 0x144;

/// Values that open doors, among random ones.
const KEYS: [u32; 8] = [
    0,
    1,
    u32::MAX,
    0x5a5a,
    0x5aa5,
    watchdog::WRITE_KEY,
    1 << 31,
    0xff,
];

/// Random reads, writes and events; half of the accesses hit the first registers, where most of the logic is.
fn hammer<D: Device + Clone + PartialEq + std::fmt::Debug>(mut device: D) {
    let mut rng = Rng::new(device.name().len() as u64);
    let mut random = move || rng.read(WDEV_RND, 0).value;
    let mut now: Ticks = 0;
    for _ in 0..ACCESSES {
        let choice = random();
        let offset = if choice & 1 == 0 {
            random() & 0xfc
        } else {
            random() & 0x7ffc
        };
        now += Ticks::from(random() & 0xffff);
        match choice >> 1 & 3 {
            0 => {
                device.read(offset, now);
            }
            1 => {
                device.write(offset, KEYS[(random() & 7) as usize], now);
            }
            _ => {
                device.write(offset, random(), now);
            }
        }
        device.interrupts();
        if device.next_event().is_some_and(|at| at <= now) {
            device.advance(now);
        }
    }
    let fork = device.clone();
    assert_eq!(fork, device);
    device.reset(now);
}

const MODELS: [Model; 3] = [Model::Esp32, Model::Esp32C3, Model::Esp32S3];

#[test]
fn serial_and_clock_devices() {
    hammer(apb_ctrl::ApbCtrl::new(ChipRevision::new(3, 0)));
    hammer(frc_timer::FrcTimers::new());
    for model in MODELS {
        hammer(uart::Uart::new("uart0", model));
        hammer(gpio::Gpio::new(model, Strap::FlashBoot));
        hammer(regi2c::RegI2c::new(model));
        hammer(timg::Timg::new(model, 0, true, TICKS_PER_RTC_SLOW, 0));
        hammer(timg::Timg::new(model, 1, false, TICKS_PER_RTC_SLOW, 0));
        hammer(rtc_cntl::RtcCntl::new(model, true, 0));
    }
}

#[test]
fn system_devices() {
    hammer(dport::Dport::new());
    hammer(cache_mmu::MmuTables::new());
    for chip in Chip::BOOTABLE {
        hammer(efuse_ctrl::EfuseCtrl::new(EfuseBank::blank(chip)));
    }
    hammer(RegisterFile::unmodelled("ledc", 0x1000));
    for model in MODELS {
        hammer(io_mux::io_mux(model));
        hammer(rtc_io::RtcIo::new(model));
        hammer(sens::Sens::new(model));
    }
}

#[test]
fn devices_of_the_later_chips() {
    for model in [Model::Esp32C3, Model::Esp32S3] {
        hammer(usb_serial_jtag::UsbSerialJtag::new(model));
        hammer(systimer::Systimer::new(model, 0));
        hammer(system::SystemRegs::new(model));
        hammer(interrupt_matrix::InterruptMatrix::new(model));
        hammer(syscon::Syscon::new(model, 1));
        hammer(apb_saradc::ApbSaradc::new(model));
        hammer(plain::sensitive(model));
        hammer(assist_debug::AssistDebug::new(model));
    }
    hammer(plain::world_control());
}

#[test]
fn accelerators() {
    hammer(sha::Sha::new());
    hammer(aes::Aes::new());
    hammer(flash_crypt::FlashCrypt::new());
    hammer(rng::Rng::new(1));
    hammer(rng::Rng::on(Model::Esp32S3, 1));
    hammer(spi_mem::SpiMem::new("spi2", false));
}

#[test]
fn accelerators_of_newer_chips() {
    hammer(gdma::Gdma::new(&gdma::ESP32C3));
    hammer(gdma::Gdma::new(&gdma::ESP32S3));
    hammer(sha_dma::ShaDma::new(&sha_dma::ESP32C3));
    hammer(sha_dma::ShaDma::new(&sha_dma::ESP32S3));
    hammer(aes_dma::AesDma::new());
    hammer(hmac::Hmac::new());
    let spec = &digital_signature::ESP32C3;
    hammer(digital_signature::DigitalSignature::new(spec));
    hammer(mpi::Mpi::new(&mpi::ESP32C3));
    hammer(mpi::Mpi::new(&mpi::ESP32S3));
    hammer(xts_unit::XtsUnit::new(&xts_unit::ESP32C3));
    hammer(xts_unit::XtsUnit::new(&xts_unit::ESP32S3));
    hammer(rng::Rng::on(Model::Esp32S3, 1));
}

#[test]
fn the_flash_bus_takes_any_transaction() {
    let mut spi = spi_mem::SpiMem::new("spi1", true);
    let mut chip = flash_chip::FlashChip::new(FlashImage::erased(0x1_0000));
    let mut rng = Rng::new(3);
    let mut random = move || rng.read(WDEV_RND, 0).value;
    for _ in 0..ACCESSES {
        let offset = random() & 0xfc;
        if let Effect::Flash(command) = spi.write(offset, random(), 0).effect {
            let outcome = chip.execute(&command);
            assert_eq!(outcome.data.len(), command.read_len);
            assert!(outcome.changed.is_none_or(|range| range.end <= 0x1_0000));
            spi.complete(&outcome.data);
        }
    }
    let mut command = FlashCommand::default();
    for opcode in 0..=u8::MAX {
        for address in [None, Some(0), Some(u32::MAX)] {
            command.opcode = opcode;
            command.address = address;
            command.read_len = 70;
            command.data_out = vec![0; 300];
            assert_eq!(chip.execute(&command).data.len(), 70);
        }
    }
}
