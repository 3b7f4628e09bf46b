//! What an accelerator that is fed by DMA asks of the DMA controller, and how the two are brought together.

use super::gdma::Gdma;
use crate::emu::Ticks;
use crate::emu::periph::DmaMemory;

/// Bytes that are carried in one piece, so that a transfer of any length needs little memory: a multiple of every
/// accelerator's block.
const PIECE_BYTES: usize = 0x1_0000;
/// Pieces that one call carries at most: as much as the largest memory that a chip addresses (32 MiB). A circular list
/// could feed an accelerator for hours.
const PIECES: usize = 0x200;

/// An accelerator that is fed by DMA.
pub trait DmaClient {
    /// The peripheral's number in the DMA controller.
    fn peripheral(&self) -> u8;

    /// Bytes that the accelerator still waits for; `None` while no operation by DMA runs.
    fn wants(&self) -> Option<usize>;

    /// Whether the accelerator sends its results back by DMA.
    fn sends(&self) -> bool;

    /// Takes input, at most as much as it wants, and returns the output that became ready.
    fn process(&mut self, data: &[u8], now: Ticks) -> Vec<u8>;
}

/// Carries on the operation of an accelerator as far as the channels and their lists allow; true if anything moved.
///
/// The system on chip calls it after an [`super::Effect::DmaTransfer`] of either side, then reads the interrupt lines of
/// both again. Nothing is taken while the results cannot be stored.
pub fn serve(
    gdma: &mut Gdma,
    client: &mut dyn DmaClient,
    memory: &mut dyn DmaMemory,
    now: Ticks,
) -> bool {
    let peripheral = client.peripheral();
    let mut moved = false;
    for _ in 0..PIECES {
        let Some(wanted) = client.wants() else {
            break;
        };
        if client.sends() && !gdma.can_put(peripheral) {
            break;
        }
        let Some(data) = gdma.take(peripheral, wanted.min(PIECE_BYTES), memory) else {
            break;
        };
        // A started channel was walked, even if it gave nothing: its interrupts may have changed.
        moved = true;
        if data.is_empty() {
            break;
        }
        let output = client.process(&data, now);
        if !output.is_empty() {
            let complete = client.wants().is_none();
            gdma.put_part(peripheral, &output, complete, memory);
        }
    }
    moved
}
