//! The list of a family's devices, each named once: struct, look-ups, construction, events and resets follow from it.

/// Makes `DeviceId` and `Devices` of a family from its list.
///
/// A line is `kind field: Type => Id, domain, timing, constructor;`. Kinds: `one`; `some`, an `Option` that not every chip
/// of the family has; `many`, an array or `Vec`, whose id has an index. Domains: `digital` is reset with the digital
/// domain; `rtc` too, and once more with the RTC domain; `kept` never. Timing: `timed` devices act by themselves, in the
/// order of the list where they are due together.
macro_rules! device_list {
    (
        new($chip:ident: $description:ty, $power:ident) { $( $setup:stmt; )* }
        $(
            $kind:ident $field:ident: $type:ty => $id:ident $( ($index:ident) )?, $domain:ident, $timing:ident, $make:expr;
        )*
    ) => {
        /// A block of registers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum DeviceId {
            $( $id $( (device_list!(@payload $index)) )?, )*
            /// A block that nobody models, by its place in the chip's map.
            Unmodelled(u8),
        }

        impl $crate::emu::soc::device_map::BlockId for DeviceId {
            fn unmodelled(number: u8) -> Self {
                DeviceId::Unmodelled(number)
            }
        }

        /// Every device of the chip, and the flash chip beside it.
        #[derive(Debug, Clone)]
        pub(crate) struct Devices {
            $( pub $field: $type, )*
            pub unmodelled: Vec<$crate::emu::periph::register_file::RegisterFile>,
            /// Answers where the chip has no such device; the maps of the chips never lead there.
            nothing: $crate::emu::periph::register_file::RegisterFile,
            pub flash: $crate::emu::periph::flash_chip::FlashChip,
            pub strap: $crate::virtual_chip::Strap,
        }

        impl $crate::emu::soc::device_list::DeviceSet for Devices {
            type Id = DeviceId;
            type Description = $description;

            fn new($chip: &'static $description, $power: &$crate::virtual_chip::PowerOn) -> Self {
                use $crate::emu::periph::register_file::RegisterFile;
                $( $setup )*
                Devices {
                    $( $field: $make, )*
                    unmodelled: $chip
                        .map
                        .unmodelled
                        .iter()
                        .map(|&(name, _, settings)| {
                            RegisterFile::new(name, $crate::emu::soc::device_map::BLOCK, &[], settings)
                        })
                        .collect(),
                    nothing: RegisterFile::unmodelled("nothing", 0),
                    flash: $crate::emu::periph::flash_chip::FlashChip::new($power.flash.clone())
                        .with_unique_id($power.flash_id.unwrap_or_default()),
                    strap: $power.strap,
                }
            }

            fn get(&mut self, id: DeviceId) -> &mut dyn $crate::emu::periph::Device {
                match id {
                    $( DeviceId::$id $( ($index) )? => {
                        device_list!(@get $kind self.$field, self.nothing $(, $index)?)
                    } )*
                    DeviceId::Unmodelled(number) => {
                        device_list!(@get many self.unmodelled, self.nothing, number)
                    }
                }
            }

            fn next_event(&self) -> Option<$crate::emu::Ticks> {
                let mut next = None;
                $( device_list!(@if_timed $timing {
                    next = $crate::emu::soc::device_list::earlier(next, device_list!(@next $kind self.$field));
                }); )*
                next
            }

            fn advance(
                &mut self,
                now: $crate::emu::Ticks,
                act: &mut dyn FnMut($crate::emu::periph::Effect),
            ) {
                $( device_list!(@if_timed $timing {
                    device_list!(@each $kind self.$field, device => {
                        if device.next_event().is_some_and(|event| event <= now) {
                            act(device.advance(now));
                        }
                    });
                }); )*
            }

            fn reset_digital(&mut self, now: $crate::emu::Ticks) {
                $( device_list!(@if_digital $domain {
                    device_list!(@each $kind self.$field, device => device.reset(now));
                }); )*
                device_list!(@each many self.unmodelled, device => device.reset(now));
            }

            fn reset_rtc(&mut self, now: $crate::emu::Ticks) {
                $( device_list!(@if_rtc $domain {
                    device_list!(@each $kind self.$field, device => device.reset_rtc(now));
                }); )*
            }

            fn efuse(&self) -> &$crate::emu::periph::efuse_ctrl::EfuseCtrl {
                &self.efuse
            }

            fn flash(&self) -> &$crate::emu::periph::flash_chip::FlashChip {
                &self.flash
            }

            fn gpio(&self) -> &$crate::emu::periph::gpio::Gpio {
                &self.gpio
            }

            fn flash_and_spi(
                &mut self,
                id: DeviceId,
            ) -> Option<(
                &mut $crate::emu::periph::flash_chip::FlashChip,
                &mut $crate::emu::periph::spi_mem::SpiMem,
            )> {
                let DeviceId::Spi(number) = id else {
                    return None;
                };
                Some((&mut self.flash, self.spi.get_mut(usize::from(number))?))
            }
        }
    };

    (@payload $index:ident) => { u8 };
    (@get one $slot:expr, $nothing:expr) => { &mut $slot };
    (@get some $slot:expr, $nothing:expr) => {
        match &mut $slot {
            Some(device) => device as &mut dyn $crate::emu::periph::Device,
            None => &mut $nothing,
        }
    };
    (@get many $slot:expr, $nothing:expr, $index:expr) => {
        match $slot.get_mut(usize::from($index)) {
            Some(device) => device as &mut dyn $crate::emu::periph::Device,
            None => &mut $nothing,
        }
    };
    (@next one $slot:expr) => { $crate::emu::periph::Device::next_event(&$slot) };
    (@next some $slot:expr) => {
        $slot.as_ref().and_then($crate::emu::periph::Device::next_event)
    };
    (@next many $slot:expr) => {
        $slot.iter().filter_map($crate::emu::periph::Device::next_event).min()
    };
    (@each one $slot:expr, $device:ident => $do:expr) => {{
        let $device: &mut dyn $crate::emu::periph::Device = &mut $slot;
        $do
    }};
    (@each some $slot:expr, $device:ident => $do:expr) => {
        if let Some(device) = &mut $slot {
            device_list!(@each one *device, $device => $do)
        }
    };
    (@each many $slot:expr, $device:ident => $do:expr) => {
        for device in $slot.iter_mut() {
            device_list!(@each one *device, $device => $do)
        }
    };
    (@if_timed timed { $( $do:tt )* }) => { $( $do )* };
    (@if_timed untimed { $( $do:tt )* }) => {};
    (@if_digital digital { $( $do:tt )* }) => { $( $do )* };
    (@if_digital rtc { $( $do:tt )* }) => { $( $do )* };
    (@if_digital kept { $( $do:tt )* }) => {};
    (@if_rtc rtc { $( $do:tt )* }) => { $( $do )* };
    (@if_rtc digital { $( $do:tt )* }) => {};
    (@if_rtc kept { $( $do:tt )* }) => {};
}

pub(crate) use device_list;

use std::fmt::Debug;

use super::device_map::BlockId;
use crate::emu::Ticks;
use crate::emu::periph::efuse_ctrl::EfuseCtrl;
use crate::emu::periph::flash_chip::FlashChip;
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::spi_mem::SpiMem;
use crate::emu::periph::{Device, Effect};
use crate::virtual_chip::PowerOn;

/// The devices of a family, as its list makes them. Every family has an eFuse controller, and SPI controllers with the flash
/// chip behind them.
pub(crate) trait DeviceSet: Debug + Clone {
    /// Names of the devices.
    type Id: BlockId + PartialEq;
    /// What a chip's folder fills in.
    type Description: Debug + 'static;

    /// The devices at power-on.
    fn new(chip: &'static Self::Description, power: &PowerOn) -> Self;

    /// A device by its name.
    fn get(&mut self, id: Self::Id) -> &mut dyn Device;

    /// When a device next wants to act.
    fn next_event(&self) -> Option<Ticks>;

    /// Lets the devices act whose time has come; `act` gets what they ask for.
    fn advance(&mut self, now: Ticks, act: &mut dyn FnMut(Effect));

    /// Resets the digital domain; what belongs to the RTC domain alone is kept.
    fn reset_digital(&mut self, now: Ticks);

    /// Resets the RTC domain.
    fn reset_rtc(&mut self, now: Ticks);

    /// The eFuse controller.
    fn efuse(&self) -> &EfuseCtrl;

    /// The flash chip.
    fn flash(&self) -> &FlashChip;

    /// The pins.
    fn gpio(&self) -> &Gpio;

    /// The flash chip with the SPI controller of this name; nothing if it is none.
    fn flash_and_spi(&mut self, id: Self::Id) -> Option<(&mut FlashChip, &mut SpiMem)>;
}

/// The earlier one of two events.
pub(crate) fn earlier(one: Option<Ticks>, other: Option<Ticks>) -> Option<Ticks> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
