//! Frames on a byte stream: a length as shortest LEB128, then that many bytes.
//!
//! Both halves can be dropped and called again at any await without losing or repeating a byte, so they can stand in
//! a `select!`. Memory grows with the bytes that have arrived, never with a claimed length; a frame above
//! [`FRAME_BYTES_MAX`] is refused at its first three bytes.

use std::collections::VecDeque;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::pace::{Coming, Going};
use crate::leb::{ReadError, Reader, Writer};
pub use crate::sync::FRAME_BYTES_MAX;

/// 1 MiB takes three bytes of LEB128.
const LENGTH_BYTES_MAX: usize = 3;
/// One read takes at most this much: a few datagrams.
const READ_BYTES: usize = 16 * 1024;
/// A buffer that one large frame has blown up beyond this is given back.
const IDLE_BYTES_MAX: usize = 64 * 1024;

/// Why no frame could be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The peer claims a frame above [`FRAME_BYTES_MAX`], or its length is not a shortest LEB128.
    #[error("peer sent a frame with an impossible length")]
    Length,
    /// The stream ended inside a frame.
    #[error("stream ended inside a frame")]
    Cut,
    /// The stream failed.
    #[error("stream failed")]
    Stream(#[source] io::Error),
}

/// Takes frames off a stream.
#[derive(Debug)]
pub struct FrameReader<R> {
    stream: R,
    /// What has arrived and is not yet handed out; never more than a frame and one read.
    buffer: Vec<u8>,
    /// Frames handed out.
    frames: u64,
}

impl<R> FrameReader<R> {
    /// How the next frame stands.
    pub(super) fn coming(&self) -> Coming {
        Coming { frames: self.frames, begun: self.buffer.len() as u64 }
    }
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads from the start of `stream`.
    pub fn new(stream: R) -> Self {
        Self { stream, buffer: Vec::new(), frames: 0 }
    }

    /// The next frame; `None` when the stream has ended between two frames.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        loop {
            if let Some(frame) = self.take()? {
                self.frames += 1;
                return Ok(Some(frame));
            }
            self.buffer.reserve(READ_BYTES);
            let mut limited = (&mut self.stream).take(READ_BYTES as u64);
            match limited.read_buf(&mut self.buffer).await {
                Ok(0) if self.buffer.is_empty() => return Ok(None),
                Ok(0) => return Err(FrameError::Cut),
                Ok(_) => {}
                Err(error) => return Err(FrameError::Stream(error)),
            }
        }
    }

    /// A whole frame, if one has arrived.
    fn take(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        let mut reader = Reader::new(&self.buffer);
        let length = match reader.leb_max(FRAME_BYTES_MAX as u64) {
            Ok(length) => usize::try_from(length).map_err(|_| FrameError::Length)?,
            Err(ReadError::Short) if self.buffer.len() < LENGTH_BYTES_MAX => return Ok(None),
            Err(_) => return Err(FrameError::Length),
        };
        let start = self.buffer.len() - reader.rest().len();
        let Ok(frame) = reader.raw(length) else { return Ok(None) };
        let frame = frame.to_vec();
        self.buffer.drain(..start + length);
        if self.buffer.capacity() > IDLE_BYTES_MAX {
            self.buffer.shrink_to(READ_BYTES);
        }
        Ok(Some(frame))
    }
}

/// Puts frames on a stream.
#[derive(Debug)]
pub struct FrameWriter<W> {
    stream: W,
    queue: VecDeque<Vec<u8>>,
    /// How much of the first chunk has been written.
    written: usize,
    /// How much of the whole queue has not.
    pending: usize,
    /// Bytes the stream has taken.
    taken: u64,
}

impl<W> FrameWriter<W> {
    /// How the queue stands.
    pub(super) fn going(&self) -> Going {
        Going { taken: self.taken, waiting: self.pending as u64 }
    }
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    /// Writes from the start of `stream`.
    pub fn new(stream: W) -> Self {
        Self { stream, queue: VecDeque::new(), written: 0, pending: 0, taken: 0 }
    }

    /// Queues a frame; [`flush`](Self::flush) writes it. The caller keeps the queue short, by
    /// [`pending_bytes`](Self::pending_bytes).
    pub fn push(&mut self, frame: &[u8]) {
        let mut chunk = Writer::new();
        chunk.bytes(frame);
        let chunk = chunk.into_vec();
        self.pending += chunk.len();
        self.queue.push_back(chunk);
    }

    /// Writes what is queued. Dropped half-way, it goes on from there when called again.
    pub async fn flush(&mut self) -> io::Result<()> {
        while let Some(chunk) = self.queue.front() {
            let rest = chunk.get(self.written..).unwrap_or_default();
            if rest.is_empty() {
                self.queue.pop_front();
                self.written = 0;
                continue;
            }
            let count = self.stream.write(rest).await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.written += count;
            self.pending -= count;
            self.taken += count as u64;
        }
        Ok(())
    }

    /// Bytes queued and not yet written.
    pub fn pending_bytes(&self) -> usize {
        self.pending
    }

    /// The stream, for ending it.
    pub fn stream_mut(&mut self) -> &mut W {
        &mut self.stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    async fn read_all(bytes: &[u8]) -> Result<Vec<Vec<u8>>, FrameError> {
        let mut reader = FrameReader::new(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = reader.next().await? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn impossible_lengths_are_refused_at_once() {
        let check = |bytes: &[u8]| {
            let result = block_on(read_all(bytes));
            assert!(matches!(result, Err(FrameError::Length)), "{bytes:?} gives {result:?}");
        };
        check(&[0x81, 0x80, 0x40]);
        check(&[0xff, 0xff, 0xff]);
        check(&[0x80, 0x00]);
    }

    #[test]
    fn the_largest_frame_passes_and_leaves_a_small_buffer() {
        block_on(async {
            let mut bytes = Writer::new();
            bytes.bytes(&vec![7; FRAME_BYTES_MAX]).bytes(b"next");
            let mut reader = FrameReader::new(bytes.as_slice());
            assert_eq!(reader.next().await.unwrap().unwrap().len(), FRAME_BYTES_MAX);
            assert!(reader.buffer.capacity() <= IDLE_BYTES_MAX);
            assert_eq!(reader.next().await.unwrap().unwrap(), b"next");
            assert!(reader.next().await.unwrap().is_none());
        });
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_is_cut() {
        for bytes in [&[0x80][..], &[5, 1, 2]] {
            assert!(matches!(block_on(read_all(bytes)), Err(FrameError::Cut)));
        }
    }

    /// `select!` drops the futures of the other branches at every turn.
    #[test]
    fn dropping_a_half_done_read_or_write_loses_nothing() {
        block_on(async {
            let (near, far) = tokio::io::duplex(3);
            let (mut reader, mut writer) = (FrameReader::new(far), FrameWriter::new(near));
            let frames: Vec<Vec<u8>> = (0..20u8).map(|n| vec![n; usize::from(n) * 3]).collect();
            for frame in &frames {
                writer.push(frame);
            }
            let mut read = Vec::new();
            while read.len() < frames.len() {
                tokio::select! {
                    biased;
                    result = writer.flush(), if writer.pending_bytes() > 0 => result.unwrap(),
                    frame = reader.next() => read.push(frame.unwrap().unwrap()),
                    () = tokio::task::yield_now() => {}
                }
            }
            assert_eq!(read, frames);
            assert_eq!(writer.pending_bytes(), 0);
        });
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic_and_never_blow_up_the_buffer(bytes: Vec<u8>) {
            let read = block_on(read_all(&bytes)).unwrap_or_default();
            prop_assert!(read.iter().map(Vec::len).sum::<usize>() <= bytes.len());
        }

        #[test]
        fn frames_round_trip(frames: Vec<Vec<u8>>) {
            let bytes = block_on(async {
                let mut writer = FrameWriter::new(Vec::new());
                for frame in &frames {
                    writer.push(frame);
                }
                writer.flush().await.unwrap();
                writer.stream
            });
            prop_assert_eq!(block_on(read_all(&bytes)).unwrap(), frames);
        }
    }
}
