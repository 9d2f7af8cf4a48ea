//! A client for load: one kept-alive connection, one request at a time.
//!
//! Client and server share the machine, so what the client computes is missing
//! from the server. This one does no more than the answers of the server need:
//! HTTP/1.1 with a length or in chunks (RFC 9112).

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

/// An answer.
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: u16,
    /// Body as it came, still compressed if it was.
    pub(crate) body: Vec<u8>,
    head: String,
}

impl Answer {
    /// A header; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1_024, stream),
            address,
        })
    }

    /// As many connections as asked for.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) async fn open_many(address: SocketAddr, count: usize) -> Result<Vec<Self>> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Self::open(address).await?);
        }
        Ok(connections)
    }

    /// Gets `path`; `headers` are whole lines.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP.
    pub(crate) async fn get(&mut self, path: &str, headers: &str) -> Result<Answer> {
        self.send(format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n",
            self.address
        ))
        .await
    }

    /// Posts a form as a program does, signed in by `session`.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub(crate) async fn post(&mut self, path: &str, session: &str, form: &str) -> Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nCookie: session={session}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        self.send(request).await
    }

    /// Asks for `path`, whose answer does not end.
    ///
    /// # Errors
    /// When there is no such answer.
    pub(crate) async fn lines(mut self, path: &str) -> Result<Lines> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let head = self.lines_until("\r\n\r\n").await?;
        ensure!(head.starts_with("HTTP/1.1 200 "), "{path} answers {head}");
        Ok(Lines(self))
    }

    async fn send(&mut self, request: String) -> Result<Answer> {
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let head = self.lines_until("\r\n\r\n").await?;
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .context("not an HTTP answer")?;
        let mut answer = Answer {
            status,
            body: Vec::new(),
            head,
        };
        if answer
            .header("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
        {
            while self.chunk(&mut answer.body).await? > 0 {}
        } else {
            let length = answer.header("content-length").unwrap_or("0").parse()?;
            answer.body.resize(length, 0);
            self.stream.read_exact(&mut answer.body).await?;
        }
        Ok(answer)
    }

    /// Appends a chunk and returns its length: 0 for the last one.
    async fn chunk(&mut self, body: &mut Vec<u8>) -> Result<usize> {
        let line = self.lines_until("\r\n").await?;
        let length = usize::from_str_radix(line.trim_end(), 16).context("not a chunk")?;
        let begin = body.len();
        // The line break after the chunk is read with it.
        body.resize(begin + length + 2, 0);
        self.stream.read_exact(&mut body[begin..]).await?;
        body.truncate(begin + length);
        Ok(length)
    }

    async fn lines_until(&mut self, end: &str) -> Result<String> {
        let mut text = String::new();
        while !text.ends_with(end) {
            ensure!(
                self.stream.read_line(&mut text).await? > 0,
                "the server closed the connection"
            );
        }
        Ok(text)
    }
}

/// The lines of an answer that does not end.
pub(crate) struct Lines(Connection);

impl Lines {
    /// The next line; the sizes of the chunks are lines too.
    ///
    /// # Errors
    /// When the server ends the answer.
    pub(crate) async fn next(&mut self) -> Result<String> {
        let mut line = self.0.lines_until("\n").await?;
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn answers_with_a_length_and_in_chunks_are_read_one_after_the_other() {
        let chunks = || async {
            Body::from_stream(stream::iter(["in ", "chunks"].map(Ok::<_, std::io::Error>)))
        };
        let router = Router::new()
            .route("/", get(async || "at once"))
            .route("/chunks", get(chunks));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(axum::serve(listener, router).into_future());
        let mut connection = Connection::open(address).await.expect("listens");
        for (path, status, body) in [
            ("/", 200, "at once"),
            ("/chunks", 200, "in chunks"),
            ("/none", 404, ""),
            ("/", 200, "at once"),
        ] {
            let answer = connection.get(path, "").await.expect("answers");
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (status, body),
                "{path}"
            );
        }
        assert_eq!(
            connection
                .get("/", "")
                .await
                .expect("answers")
                .header("content-length"),
            Some("7")
        );
    }
}
