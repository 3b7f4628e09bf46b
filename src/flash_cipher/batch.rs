//! Cuts data at any 16-byte-aligned place of flash into the batches that a cipher works on.

use super::BLOCK_SIZE;

/// Cuts the whole blocks of `data` into batches of `SIZE` bytes and calls `f` with rows of them and the address of the
/// first, a multiple of `unit` bytes. A piece of a batch is filled up with zeros for the call. `unit` divides `SIZE`.
#[inline]
pub(super) fn in_batches<const SIZE: usize>(
    offset: u32,
    unit: u32,
    data: &mut [u8],
    mut f: impl FnMut(u32, &mut [[u8; SIZE]]),
) {
    let mut address = offset - offset % unit;
    let skipped = (offset - address) as usize / BLOCK_SIZE * BLOCK_SIZE;
    let whole = data.len() - data.len() % BLOCK_SIZE;
    let mut data = &mut data[..whole];
    if skipped != 0 {
        let (first, rest) = data.split_at_mut(whole.min(SIZE - skipped));
        in_part(address, skipped, first, &mut f);
        address = address.wrapping_add(SIZE as u32);
        data = rest;
    }
    let (batches, last) = data.as_chunks_mut::<SIZE>();
    if !batches.is_empty() {
        f(address, batches);
        address = address.wrapping_add(batches.as_flattened().len() as u32);
    }
    if !last.is_empty() {
        in_part(address, 0, last, &mut f);
    }
}

/// Calls `f` with a batch of which only `part` counts, at `place` in it.
fn in_part<const SIZE: usize>(
    address: u32,
    place: usize,
    part: &mut [u8],
    mut f: impl FnMut(u32, &mut [[u8; SIZE]]),
) {
    let mut batch = [[0; SIZE]];
    let place = place..place + part.len();
    batch[0][place.clone()].copy_from_slice(part);
    f(address, &mut batch);
    part.copy_from_slice(&batch[0][place]);
}
