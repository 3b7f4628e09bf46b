//! A GDB server for a built-in chip: `target remote` of `xtensa-esp32-elf-gdb`.

pub mod arch;
mod target;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::str::FromStr;

use cloneproof::boot::Stop;
use cloneproof::chip::Chip;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::virtual_chip::{RunLimits, Watch};
use gdbstub::common::Signal;
use gdbstub::conn::ConnectionExt;
use gdbstub::stub::run_blocking::{BlockingEventLoop, Event, WaitForStopReasonError};
use gdbstub::stub::{DisconnectReason, GdbStub};

use target::{Debugged, Stopped, thread};

/// Cycles between two looks at the connection: some milliseconds.
const SLICE_CYCLES: u64 = 1_000_000;

/// Where the server listens: `:1234` and `1234` mean this machine only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(SocketAddr);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        let port = text.strip_prefix(':').unwrap_or(text);
        if let Ok(port) = port.parse() {
            return Ok(Address((IpAddr::V4(Ipv4Addr::LOCALHOST), port).into()));
        }
        text.parse()
            .map(Address)
            .map_err(|_| "write e.g. :1234, 127.0.0.1:1234 or [::1]:1234".to_owned())
    }
}

impl Address {
    /// Opens the port.
    ///
    /// # Errors
    /// Where it cannot be opened, e.g. because it is taken.
    pub fn listen(self) -> io::Result<TcpListener> {
        TcpListener::bind(self.0)
    }
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// GDB detached: the chip goes on without it.
    Detached,
    /// The run came to its end while GDB was there.
    Over(Stop),
    /// GDB ended the run (`kill`), or went away without a word.
    Killed,
}

/// Waits for GDB and lets it drive the chip, which stands still until GDB says otherwise. The console goes to `watch`.
///
/// # Errors
/// Where the connection fails, or the chip's registers are not described to GDB yet; GDB going away is none.
pub fn serve(
    listener: &TcpListener,
    chip: &mut BuiltinChip,
    watch: &mut dyn Watch,
    limits: &RunLimits,
) -> io::Result<Ended> {
    if chip.chip() != Chip::Esp32 {
        let text = format!("GDB is served for esp32 only, not for {}", chip.chip());
        return Err(io::Error::new(io::ErrorKind::Unsupported, text));
    }
    let (connection, _) = listener.accept()?;
    session(connection, chip, watch, limits)
}

fn session(
    connection: TcpStream,
    chip: &mut BuiltinChip,
    watch: &mut dyn Watch,
    limits: &RunLimits,
) -> io::Result<Ended> {
    let mut target = Debugged::new(chip, watch, limits);
    let ended = GdbStub::new(connection).run_blocking::<EventLoop<'_>>(&mut target);
    let over = target.over().cloned();
    match (ended, over) {
        (Ok(_), Some(stop)) => Ok(Ended::Over(stop)),
        (Ok(DisconnectReason::Disconnect), None) => {
            chip.clear_breakpoints();
            Ok(Ended::Detached)
        }
        (Ok(_), None) => Ok(Ended::Killed),
        (Err(error), over) => {
            let text = error.to_string();
            match error.into_connection_error() {
                Some((error, _)) if is_gone(&error) => Ok(over.map_or(Ended::Killed, Ended::Over)),
                Some((error, _)) => Err(error),
                // What GDB sent made no sense: nothing that can be gone on from.
                None => Err(io::Error::new(io::ErrorKind::InvalidData, text)),
            }
        }
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

struct EventLoop<'a>(std::marker::PhantomData<&'a ()>);

impl<'a> BlockingEventLoop for EventLoop<'a> {
    type Target = Debugged<'a>;
    type Connection = TcpStream;
    type StopReason = Stopped;

    fn wait_for_stop_reason(
        target: &mut Debugged<'a>,
        connection: &mut TcpStream,
    ) -> Result<Event<Stopped>, WaitForStopReasonError<target::Never, io::Error>> {
        loop {
            if let Some(reason) = target.go_on(SLICE_CYCLES) {
                return Ok(Event::TargetStopped(reason));
            }
            let waiting = ConnectionExt::peek(connection);
            if waiting
                .map_err(WaitForStopReasonError::Connection)?
                .is_some()
            {
                let byte = ConnectionExt::read(connection);
                return byte
                    .map(Event::IncomingData)
                    .map_err(WaitForStopReasonError::Connection);
            }
        }
    }

    fn on_interrupt(_: &mut Debugged<'a>) -> Result<Option<Stopped>, target::Never> {
        Ok(Some(Stopped::SignalWithThread {
            tid: thread(0),
            signal: Signal::SIGINT,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_port_is_for_this_machine_only() {
        let address = |text: &str| text.parse::<Address>().map(|address| address.0.to_string());
        assert_eq!(address(":1234").unwrap(), "127.0.0.1:1234");
        assert_eq!(address("3333").unwrap(), "127.0.0.1:3333");
        assert_eq!(address("0.0.0.0:1").unwrap(), "0.0.0.0:1");
        assert_eq!(address("[::1]:1234").unwrap(), "[::1]:1234");
        for wrong in ["", ":", "here:1", ":70000", "1234:"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
