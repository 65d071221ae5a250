//! Bytes as they come out of a source.

use bytes::Bytes;
use futures_core::Stream;
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, ReadBuf};

/// The bytes of a source, in chunks.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Largest chunk that is made here.
pub(crate) const CHUNK: usize = 64 * 1024;

/// What `reader` gives, in chunks.
pub(crate) fn read(reader: impl AsyncRead + Send + 'static) -> Chunks {
    Box::pin(Reading { reader: Box::pin(reader), buffer: vec![0; CHUNK] })
}

struct Reading {
    reader: Pin<Box<dyn AsyncRead + Send>>,
    buffer: Vec<u8>,
}

impl Stream for Reading {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let Self { reader, buffer } = self.get_mut();
        let mut buffer = ReadBuf::new(buffer);
        let read = ready!(reader.as_mut().poll_read(context, &mut buffer));
        let chunk = buffer.filled();
        Poll::Ready(match read {
            Err(error) => Some(Err(error)),
            Ok(()) if chunk.is_empty() => None,
            Ok(()) => Some(Ok(Bytes::copy_from_slice(chunk))),
        })
    }
}
