//! Asks a running relay how it stands: finds it by its folder, reads its answer.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use crate::error::RelayError;
use crate::folder;
use crate::status::Status;

const PATIENCE: Duration = Duration::from_secs(10);
/// A status of a thousand organisations has some hundred kilobytes.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The status of the relay that runs on this folder.
pub fn status(folder: &Path) -> Result<Status, RelayError> {
    let address = folder::watch_address(folder).ok_or(RelayError::NotRunning)?;
    let body = get(address, "/status").map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => RelayError::NotRunning,
        _ => RelayError::System(error),
    })?;
    serde_json::from_slice(&body).map_err(|error| RelayError::System(error.into()))
}

fn get(address: SocketAddr, path: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|it| it == b"\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    if !answer.starts_with(b"HTTP/1.0 200") && !answer.starts_with(b"HTTP/1.1 200") {
        let said = String::from_utf8_lossy(&answer).into_owned();
        return Err(io::Error::other(said));
    }
    Ok(answer.split_off(head + 4))
}
