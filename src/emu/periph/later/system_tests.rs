//! Tests of the system registers.

use super::*;
use crate::emu::soc::chips::{esp32c3, esp32s3};

const C3: &Layout = &esp32c3::system::SYSTEM;
const S3: &Layout = &esp32s3::system::SYSTEM;

#[test]
fn the_cpu_starts_from_the_crystal_at_20_mhz() {
    let mut system = SystemRegs::new(C3);
    assert_eq!((system.cpu_period(), system.apb_period()), (24, 24));
    let conf = system.read(SYSCLK_CONF, 0).value;
    assert_eq!(CLK_XTAL_FREQ.get(conf), 40);
    assert!(CLK_DIV_EN.is_set(conf));
}

#[test]
fn the_pll_gives_up_to_160_or_240_mhz() {
    let select = |model, shift| {
        let mut system = SystemRegs::new(model);
        let effect = system.write(SYSCLK_CONF + shift, 1 << 10, 0).effect;
        assert_eq!(effect, Effect::ClocksChanged);
        [0, 1, 2].map(|clock| {
            system.write(CPU_PER_CONF + shift, 4 | clock, 0);
            assert_eq!(system.apb_period(), 6);
            system.cpu_period()
        })
    };
    assert_eq!(select(C3, 0), [6, 3, 3]);
    assert_eq!(select(S3, 8), [6, 3, 2]);
}

#[test]
fn the_second_core_of_the_esp32s3_is_started_by_three_bits() {
    let mut system = SystemRegs::new(S3);
    assert!(system.core_1_in_reset() && system.core_1_clock_gated());
    system.write(CORE_1_CONTROL_1, 0x4037_8000, 0);
    system.write(CORE_1_CONTROL_0, 3, 0);
    assert!(!system.core_1_in_reset() && !system.core_1_clock_gated());
    assert!(system.core_1_run_stalled());
    assert_eq!(system.core_1_boot_address(), 0x4037_8000);
    assert_eq!(system.read(CORE_1_CONTROL_0, 0), RegRead::modelled(3));
    assert_eq!(system.read(0x20 - 8, 0).value, 0xf9c1_e06f);
    assert!(SystemRegs::new(C3).core_1_in_reset());
}

#[test]
fn interrupts_between_cores_and_encryption_control() {
    let mut system = SystemRegs::new(C3);
    system.write(CPU_INTR_FROM_CPU_0 + 8, 1, 0);
    assert_eq!(system.interrupts(), 4);
    assert_eq!(system.read(CPU_INTR_FROM_CPU_0 + 8, 0).value, 1);
    system.write(CPU_INTR_FROM_CPU_0 + 8, 0, 0);
    assert_eq!(system.interrupts(), 0);
    assert!(!system.spi_manual_encrypt_enabled());
    system.write(ENCRYPT_CONTROL, 0b1001, 0);
    assert!(system.spi_manual_encrypt_enabled());
    assert!(system.download_manual_encrypt_enabled());
    assert!(!system.download_g0cb_decrypt_enabled());
    assert!(!system.download_db_encrypt_enabled());
    assert_eq!(system.peripherals_in_reset(), [0, 0x1fe]);
}
