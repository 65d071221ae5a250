//! Connections that can be cut, so that an answer gets lost the way a network loses it.

use super::cut::Cut;
use axum::{
    extract::{ConnectInfo, Request, connect_info::Connected},
    middleware::Next,
    response::Response,
    serve::{IncomingStream, Listener},
};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// Cuts the connection as the answer's [`Cut`] says, if it has one.
pub(super) async fn obey(
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
    next: Next,
) -> Response {
    let answer = next.run(request).await;
    if let Some(cut) = answer.extensions().get() {
        scissors.cut(*cut);
    }
    answer
}

/// Accepts connections that have [`Scissors`].
pub(super) struct CuttableListener(pub(super) TcpListener);

impl Listener for CuttableListener {
    type Io = Cuttable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Cuttable, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        (Cuttable { stream, scissors: Scissors::default() }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Cuts one connection.
#[derive(Clone)]
pub(super) struct Scissors(Arc<Thread>);

struct Thread {
    /// How many bytes may still be written.
    left: AtomicUsize,
    reset: AtomicBool,
}

impl Default for Scissors {
    fn default() -> Self {
        Self(Arc::new(Thread { left: AtomicUsize::new(usize::MAX), reset: AtomicBool::new(false) }))
    }
}

impl Scissors {
    /// From now on so many bytes are written to the connection as the cut allows, and then it ends.
    fn cut(&self, cut: Cut) {
        self.0.reset.store(cut.reset, Ordering::Release);
        self.0.left.store(cut.after, Ordering::Release);
    }

    /// How many bytes may be written; an error once there are none.
    fn left(&self) -> io::Result<usize> {
        match self.0.left.load(Ordering::Acquire) {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            left => Ok(left),
        }
    }

    /// One connection is written to by one task, so nothing comes between reading and writing the count.
    fn spend(&self, written: usize) {
        let left = self.0.left.load(Ordering::Acquire);
        if left != usize::MAX {
            self.0.left.store(left.saturating_sub(written), Ordering::Release);
        }
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().scissors.clone()
    }
}

/// A TCP stream that writes nothing more once it is cut.
pub(super) struct Cuttable {
    stream: TcpStream,
    scissors: Scissors,
}

impl Cuttable {
    fn left(&self) -> io::Result<usize> {
        self.scissors.left().inspect_err(|_| {
            if self.scissors.0.reset.load(Ordering::Acquire) {
                // Without it the end is an orderly one, which is the lesser fault of the two.
                let _ = self.stream.set_zero_linger();
            }
        })
    }
}

impl AsyncRead for Cuttable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.left()?.min(bytes.len());
        let bytes = bytes.get(..allowed).unwrap_or_default();
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.scissors.spend(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.left()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
