//! Powers the chips of a scenario on: the donor, its twin, and the targets that get the copy.

use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{PowerOn, Strap};

use crate::backend::{Backend, Budget};
use crate::base::error::BackendError;
use crate::base::error::chain;
use crate::input::scenario::SignOfLife;
use crate::proof::judge::Seen;
use crate::proof::observe;

/// A chip's run with everything that is left of the chip.
#[derive(Debug, Clone)]
pub struct Played {
    /// What the judge needs.
    pub seen: Seen,
    /// The eFuses at power-on.
    pub efuses_before: EfuseBank,
    /// The eFuses after the run.
    pub efuses_after: EfuseBank,
    /// The flash after the run.
    pub flash_after: FlashImage,
}

/// Powers a chip with this flash and these eFuses on and watches it until it has told its story.
pub fn play(
    backend: &dyn Backend,
    budget: &Budget,
    flash: FlashImage,
    efuses: EfuseBank,
    sign_of_life: &SignOfLife,
    seed: u64,
) -> Played {
    let flash_before = flash.sha256();
    let power_on = PowerOn {
        flash: flash.clone(),
        efuses: efuses.clone(),
        strap: Strap::FlashBoot,
        seed,
    };
    match run(backend, budget, power_on, sign_of_life) {
        Ok((observation, flash_after, efuses_after)) => Played {
            seen: Seen {
                flash_before,
                flash_after: flash_after.sha256(),
                run: Ok(observation),
                unencrypted: false,
                edited: false,
            },
            efuses_before: efuses,
            efuses_after,
            flash_after,
        },
        Err(error) => Played {
            seen: Seen {
                flash_before,
                flash_after: flash_before,
                run: Err(chain(&error)),
                unencrypted: false,
                edited: false,
            },
            efuses_before: efuses.clone(),
            efuses_after: efuses,
            flash_after: flash,
        },
    }
}

/// A chip that was not powered on, and why.
pub fn skip(flash: FlashImage, efuses: EfuseBank, why: &str) -> Played {
    let sha256 = flash.sha256();
    Played {
        seen: Seen {
            flash_before: sha256,
            flash_after: sha256,
            run: Err(format!("not run: {why}")),
            unencrypted: false,
            edited: false,
        },
        efuses_before: efuses.clone(),
        efuses_after: efuses,
        flash_after: flash,
    }
}

fn run(
    backend: &dyn Backend,
    budget: &Budget,
    power_on: PowerOn,
    sign_of_life: &SignOfLife,
) -> Result<(observe::Observation, FlashImage, EfuseBank), BackendError> {
    let mut chip = backend.build(power_on)?;
    let observation = observe::observe(chip.as_mut(), budget, sign_of_life.scanner())?;
    Ok((observation, chip.flash()?, chip.efuses()?))
}
