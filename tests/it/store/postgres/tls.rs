//! URLs that demand TLS.

use super::{
    NOW, letter,
    server::{APP, Database, Server},
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    io,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;
use whatsapp_business::store::{Applied, Changes, PostgresOptions, PostgresStore, Store, StoreError};

/// What a client sends that asks for TLS.
const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A certificate for `localhost` that signed itself, and its key.
fn certificate() -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args(["req", "-new", "-x509", "-days", "2", "-nodes", "-newkey", "ec", "-config", "/dev/null"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-out", "certificate", "-keyout", "key"])
        .current_dir(&folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is here").success());
    let read = |file| std::fs::read_to_string(folder.path().join(file)).unwrap();
    (read("certificate"), read("key"))
}

/// Takes connections with TLS for a database and no others, as a server with `hostssl` alone does. Gives the port.
async fn serve(database: &Database, certificate: &str, key: &str) -> u16 {
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let Host::Unix(folder) = &database.config().get_hosts()[0] else { panic!("a server of our own") };
    let (tls, socket) = (TlsAcceptor::from(Arc::new(tls)), folder.join(".s.PGSQL.5432"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // A client that does not like the certificate goes away, which is no reason to stop.
            tokio::spawn(serve_one(client, tls.clone(), socket.clone()));
        }
    });
    port
}

async fn serve_one(mut client: TcpStream, tls: TlsAcceptor, socket: PathBuf) -> io::Result<()> {
    let mut asked = [0; 8];
    client.read_exact(&mut asked).await?;
    if asked == ASKS_FOR_TLS {
        client.write_all(b"S").await?;
        let mut client = tls.accept(client).await?;
        copy_bidirectional(&mut client, &mut UnixStream::connect(&socket).await?).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_url_that_demands_tls_is_opened_with_it_and_with_the_certificate_checked() {
    if std::env::var_os("DATABASE_URL").is_some() {
        // That server has no socket that we know of.
        return;
    }
    let database = Server::shared().await.migrated().await;
    let (certificate, key) = certificate();
    let port = serve(&database, &certificate, &key).await;
    let url =
        |host: &str, mode: &str| format!("postgres://{APP}@{host}:{port}/{}?sslmode={mode}", database.name());
    let (plain, trusting) = (PostgresOptions::new(), PostgresOptions::new().root_certificates(certificate));
    for mode in ["require", "verify-full"] {
        let store = PostgresStore::open(&url("localhost", mode), &trusting).await.unwrap();
        let changes = Changes::at(NOW).insert(letter(mode, 10));
        assert_eq!(store.tenant(&"acme".into()).apply(changes).await.unwrap(), Applied::Done);
        // Told when it begins to listen, over a connection of its own.
        store.job_enqueued().await.unwrap();
        store.close().await;
    }
    for (url, options, what) in [
        (url("localhost", "require"), &plain, "a certificate that nobody vouches for"),
        (url("127.0.0.1", "require"), &trusting, "a certificate for another name"),
        (url("localhost", "prefer"), &trusting, "a server that takes nobody without TLS"),
    ] {
        let opened = PostgresStore::open(&url, options).await;
        assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{what}: {opened:?}");
    }
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let broken = PostgresOptions::new().root_certificates(broken);
    let opened = PostgresStore::open(&url("localhost", "require"), &broken).await;
    assert!(opened.is_err_and(|error| error.to_string().contains("root certificates")));
}
