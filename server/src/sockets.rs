//! Connections: how many there can be, and when one is given up.

use std::{io, time::Duration};

use axum::serve::{ListenerExt, TapIo};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

/// How long a visitor may take nothing of what they are sent, neither by
/// acknowledging it nor by making room for more. It would wait for them for a
/// quarter of an hour, and for good if they are there and do not read.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Files that the server has open besides connections, and connections besides
/// those of live pages.
const OTHERS: u64 = 1_000;

/// `listener`, whose connections end once nothing is taken for `patience`.
pub(crate) fn impatient(
    listener: TcpListener,
    patience: Duration,
) -> TapIo<TcpListener, impl FnMut(&mut TcpStream) + Send + 'static> {
    listener.tap_io(move |stream| {
        let socket = SockRef::from(&*stream);
        let set = socket
            .set_tcp_user_timeout(Some(patience))
            // What is small is sent at once, also while something is under way.
            .and_then(|()| socket.set_tcp_nodelay(true));
        if let Err(error) = set {
            tracing::debug!(%error, "a connection that is gone already");
        }
    })
}

/// Allows this process as many open files as it can have, and returns whether
/// they are enough for so many live pages.
///
/// # Errors
/// When the system refuses.
pub(crate) fn allow_files(pages: usize) -> io::Result<bool> {
    let enough = u64::try_from(pages)
        .unwrap_or(u64::MAX)
        .saturating_add(OTHERS);
    let limit = getrlimit(Resource::Nofile);
    // None is no limit.
    let most = limit.maximum.unwrap_or(enough);
    if limit.current.is_some_and(|current| current < most) {
        setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(most),
                ..limit
            },
        )?;
    }
    Ok(limit.maximum.is_none_or(|most| most >= enough))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Router, body::Body, routing::get};
    use futures::stream;
    use tokio::{
        io::AsyncWriteExt,
        net::TcpSocket,
        sync::Notify,
        time::{Instant, timeout},
    };

    use super::*;

    /// Says when it is dropped.
    struct Guard(Arc<Notify>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }

    #[tokio::test]
    async fn whoever_stops_reading_is_given_up() {
        let gone = Arc::new(Notify::new());
        let noted = Arc::clone(&gone);
        let endless = move || {
            let guard = Guard(Arc::clone(&noted));
            async move {
                Body::from_stream(stream::repeat_with(move || {
                    let _held = &guard;
                    Ok::<_, io::Error>(vec![b'x'; 16_384])
                }))
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let listener = impatient(listener, Duration::from_secs(1));
        let router = Router::new().route("/", get(endless));
        tokio::spawn(axum::serve(listener, router).into_future());
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("sets");
        let mut client = socket.connect(address).await.expect("connects");
        let began = Instant::now();
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .expect("sends");
        timeout(Duration::from_secs(30), gone.notified())
            .await
            .expect("it is given up");
        assert!(began.elapsed() >= Duration::from_secs(1));
        drop(client);
    }

    #[test]
    fn as_many_files_as_there_may_be_are_allowed() {
        allow_files(1).expect("allows");
        let limit = getrlimit(Resource::Nofile);
        assert!(limit.maximum.is_none() || limit.current == limit.maximum);
        let most = limit.maximum.map_or(usize::MAX, |most| most as usize);
        assert!(!allow_files(most).expect("allows") || limit.maximum.is_none());
    }
}
