//! No sequence of register accesses may make a device panic, stall time, or grow without bound.

use super::register_file::RegisterFile;
use super::rng::Generator;
use super::*;
use crate::chip::{Chip, ChipRevision};
use crate::efuse::EfuseBank;
use crate::emu::TICKS_PER_RTC_SLOW;
use crate::emu::periph::esp32::*;
use crate::emu::periph::later::*;
use crate::emu::soc::chips::{esp32, esp32c3, esp32s3};
use crate::flash::FlashImage;
use crate::virtual_chip::Strap;

const ACCESSES: usize = 20_000;

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
    let mut generator = Generator::new(device.name().len() as u64);
    let mut random = move || generator.next_word();
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

#[test]
fn devices_of_every_chip() {
    let (one, c3, s3) = (
        &esp32::CHIP.registers,
        &esp32c3::CHIP.registers,
        &esp32s3::CHIP.registers,
    );
    for layout in [one.uart, c3.uart, s3.uart] {
        hammer(uart::Uart::new("uart0", layout));
    }
    for layout in [one.gpio, c3.gpio, s3.gpio] {
        hammer(gpio::Gpio::new(layout, Strap::FlashBoot));
    }
    for layout in [one.regi2c, c3.regi2c, s3.regi2c] {
        hammer(regi2c::RegI2c::new(layout));
    }
    for layout in [one.timg, c3.timg, s3.timg] {
        hammer(timg::Timg::new(layout, 0, true, TICKS_PER_RTC_SLOW, 0));
        hammer(timg::Timg::new(layout, 1, false, TICKS_PER_RTC_SLOW, 0));
    }
    for layout in [one.rtc_cntl, c3.rtc_cntl, s3.rtc_cntl] {
        hammer(rtc_cntl::RtcCntl::new(layout, true, 0));
    }
    let controllers = [
        (Chip::Esp32, one.efuse),
        (Chip::Esp32C3, c3.efuse),
        (Chip::Esp32S3, s3.efuse),
    ];
    for (chip, layout) in controllers {
        hammer(efuse_ctrl::EfuseCtrl::new(layout, EfuseBank::blank(chip)));
    }
}

#[test]
fn devices_of_some_chips() {
    let (one, s3) = (&esp32::CHIP.registers, &esp32s3::CHIP.registers);
    for layout in [Some(one.rtc_io), s3.rtc_io].into_iter().flatten() {
        hammer(rtc_io::RtcIo::new(layout));
    }
    for layout in [Some(one.sens), s3.sens].into_iter().flatten() {
        hammer(sens::Sens::new(layout));
    }
    for layout in [Some(one.rng), s3.rng].into_iter().flatten() {
        hammer(rng::Rng::new(layout, 1));
    }
    hammer(RegisterFile::unmodelled("ledc", 0x1000));
    hammer(RegisterFile::of(one.io_mux));
}

#[test]
fn devices_of_the_esp32() {
    hammer(apb_ctrl::ApbCtrl::new(ChipRevision::new(3, 0)));
    hammer(frc_timer::FrcTimers::new());
    hammer(dport::Dport::new());
    hammer(cache_mmu::MmuTables::new());
    hammer(sha::Sha::new());
    hammer(aes::Aes::new());
    hammer(flash_crypt::FlashCrypt::new());
    hammer(spi_mem::SpiMem::new(
        "spi2",
        false,
        esp32::CHIP.registers.spi,
    ));
}

#[test]
fn devices_of_the_later_chips() {
    for chip in [&esp32c3::CHIP, &esp32s3::CHIP] {
        let registers = &chip.registers;
        hammer(usb_serial_jtag::UsbSerialJtag::new(
            registers.usb_serial_jtag,
        ));
        hammer(systimer::Systimer::new(registers.systimer, 0));
        hammer(system::SystemRegs::new(registers.system));
        hammer(interrupt_matrix::InterruptMatrix::new(registers.interrupts));
        hammer(syscon::Syscon::new(registers.apb_ctrl, 1));
        hammer(apb_saradc::ApbSaradc::new(registers.saradc));
        hammer(RegisterFile::of(registers.sensitive));
        hammer(RegisterFile::of(registers.world_control));
        hammer(assist_debug::AssistDebug::new(registers.assist_debug));
        hammer(gdma::Gdma::new(registers.gdma));
        hammer(sha_dma::ShaDma::new(registers.sha));
        hammer(mpi::Mpi::new(registers.rsa));
        hammer(xts_unit::XtsUnit::new(registers.xts));
    }
    let signature = esp32c3::CHIP.registers.digital_signature;
    hammer(digital_signature::DigitalSignature::new(signature));
    hammer(aes_dma::AesDma::new());
    hammer(hmac::Hmac::new());
}

#[test]
fn the_flash_bus_takes_any_transaction() {
    let mut spi = spi_mem::SpiMem::new("spi1", true, esp32::CHIP.registers.spi);
    let mut chip = flash_chip::FlashChip::new(FlashImage::erased(0x1_0000));
    let mut generator = Generator::new(3);
    let mut random = move || generator.next_word();
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
