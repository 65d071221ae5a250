//! The tasks of a simulator, its socket if it has one, and their end.

use super::{
    Simulator,
    builder::Settings,
    graph,
    page::{self, Door},
    platform::{self, Platform},
    socket::{self, CuttableListener, Scissors},
    transport::InProcess,
    webhooks::courier,
};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
};
use axum::{Router, middleware};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    runtime::Handle,
    sync::oneshot,
    task::{AbortHandle, JoinHandle},
    time::timeout,
};

/// How long open requests get to finish when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// Where a simulator without a socket says that it is: nobody can be reached at this port.
const NOWHERE: &str = "http://127.0.0.1:0";

/// A simulator that runs, until this is dropped.
pub(super) struct Running {
    pub(super) platform: Arc<Platform>,
    /// Posts webhooks and shakes hands.
    pub(super) http: reqwest::Client,
    /// The way in without a socket.
    pub(super) transport: InProcess,
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
    let client = Client::builder(&settings.access_token).graph_url(&origin).build()?;
    let (platform, transport) = parts(settings, origin, rng);
    let door = Door::default();
    let routes = transport.routes.clone().merge(page::routes(Arc::clone(&platform), door.clone()));
    let simulator = Running::begin(platform, transport, client, Some(serve(listener, routes)))?;
    door.open(&simulator);
    Ok(simulator)
}

/// As [`start`], without a socket.
pub(super) fn offline(settings: Settings, rng: fastrand::Rng) -> Result<Simulator> {
    let client = Client::builder(&settings.access_token).graph_url(NOWHERE);
    let (platform, transport) = parts(settings, NOWHERE.to_owned(), rng);
    let client = client.transport(transport.clone()).build()?;
    Running::begin(platform, transport, client, None)
}

fn parts(settings: Settings, origin: String, rng: fastrand::Rng) -> (Arc<Platform>, InProcess) {
    let platform = Arc::new(Platform::new(settings, origin, rng));
    let routes = graph::routes(Arc::clone(&platform));
    (Arc::clone(&platform), InProcess { platform, routes })
}

fn serve(listener: TcpListener, routes: Router) -> Server {
    let (stop, stopped) = oneshot::channel::<()>();
    let routes =
        routes.layer(middleware::from_fn(socket::obey)).into_make_service_with_connect_info::<Scissors>();
    let serve = axum::serve(CuttableListener(listener), routes).with_graceful_shutdown(async {
        // An error says that the other end was dropped, which means the same.
        let _ = stopped.await;
    });
    let task = tokio::spawn(async {
        // The listener retries by itself; serving ends only when it is stopped.
        let _ = serve.await;
    });
    Server { stop, task }
}

impl Running {
    fn begin(
        platform: Arc<Platform>,
        transport: InProcess,
        client: Client,
        server: Option<Server>,
    ) -> Result<Simulator> {
        let tasks = Handle::try_current().map_err(|e| {
            Error::with_source(ErrorKind::Config("the simulator needs a tokio runtime around it".into()), e)
        })?;
        let http = courier::client()?;
        let background = [
            tasks.spawn(platform::keep_time(Arc::clone(&platform))).abort_handle(),
            tasks.spawn(courier::deliver(Arc::clone(&platform), http.clone())).abort_handle(),
        ];
        let server = Mutex::new(server);
        Ok(Simulator::new(Self { platform, http, transport, client, background, server }))
    }

    /// A client with another token, which gets in the same way.
    pub(super) fn client_of(&self, token: &str) -> Result<Client> {
        let client = Client::builder(token).graph_url(&self.platform.origin);
        let is_offline = self.platform.origin == NOWHERE;
        if is_offline { client.transport(self.transport.clone()) } else { client }.build()
    }

    /// Ends the background tasks and the server, and waits until open requests are answered.
    pub(super) async fn stop(&self) {
        self.end();
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Server { stop, mut task }) = server {
            drop(stop);
            if timeout(FAREWELL, &mut task).await.is_err() {
                task.abort();
            }
        }
    }

    fn end(&self) {
        self.platform.end();
        for task in &self.background {
            task.abort();
        }
        self.platform.end();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
