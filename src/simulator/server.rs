//! The socket, the tasks behind it, and their end.

use super::{
    Simulator,
    builder::Settings,
    graph,
    page::{self, Door},
    platform::{self, Platform},
    socket::{CuttableListener, Scissors},
    webhooks::courier,
};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{AbortHandle, JoinHandle},
    time::timeout,
};

/// How long open requests get to finish when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// A simulator that runs, until this is dropped.
pub(super) struct Running {
    pub(super) platform: Arc<Platform>,
    /// Posts webhooks and shakes hands.
    pub(super) http: reqwest::Client,
    /// The crate's own client, pointed here.
    pub(super) client: Client,
    background: [AbortHandle; 2],
    server: Mutex<Option<Server>>,
}

struct Server {
    /// Dropping it stops the server as well.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

pub(super) async fn start(port: u16, settings: Settings, rng: fastrand::Rng) -> Result<Simulator> {
    let no_port =
        |e| Error::with_source(ErrorKind::Config("the simulator could not listen on the port".into()), e);
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(no_port)?;
    let origin = format!("http://{}", listener.local_addr().map_err(no_port)?);
    let http = courier::client()?;
    let client = Client::builder(&settings.access_token).graph_url(&origin).build()?;
    let platform = Arc::new(Platform::new(settings, origin, rng));

    let (stop, stopped) = oneshot::channel::<()>();
    let door = Door::default();
    let routes =
        graph::routes(Arc::clone(&platform)).merge(page::routes(Arc::clone(&platform), door.clone()));
    let routes = routes.into_make_service_with_connect_info::<Scissors>();
    let serve = axum::serve(CuttableListener(listener), routes).with_graceful_shutdown(async {
        // An error says that the other end was dropped, which means the same.
        let _ = stopped.await;
    });
    let task = tokio::spawn(async {
        // The listener retries by itself; serving ends only when it is stopped.
        let _ = serve.await;
    });
    let background = [
        tokio::spawn(platform::keep_time(Arc::clone(&platform))).abort_handle(),
        tokio::spawn(courier::deliver(Arc::clone(&platform), http.clone())).abort_handle(),
    ];
    let server = Mutex::new(Some(Server { stop, task }));
    let simulator = Simulator::new(Running { platform, http, client, background, server });
    door.open(&simulator);
    Ok(simulator)
}

impl Running {
    /// Ends the background tasks and the server, and waits until open requests are answered.
    pub(super) async fn stop(&self) {
        self.end_background();
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Server { stop, mut task }) = server {
            drop(stop);
            if timeout(FAREWELL, &mut task).await.is_err() {
                task.abort();
            }
        }
    }

    fn end_background(&self) {
        for task in &self.background {
            task.abort();
        }
        self.platform.end();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end_background();
    }
}
