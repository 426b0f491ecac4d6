//! A proxy on loopback, for those who test that requests leave by one: SOCKS5 (RFC 1928, RFC 1929).

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use crate::leading::{Asked, Lead, Port};

/// A SOCKS5 proxy that leads every name to one server, and notes what it was asked for. Dropped, it stops.
#[derive(Debug)]
pub struct SocksProxy(Port);

/// Who may use a proxy.
#[derive(Debug, Clone)]
struct Door {
    user: String,
    word: String,
    to: SocketAddr,
}

impl SocksProxy {
    /// Opens a port for one user; all that is asked for is found at `to`.
    ///
    /// # Errors
    /// No port can be bound.
    pub async fn start(user: &str, word: &str, to: SocketAddr) -> io::Result<Self> {
        let door = Door { user: user.to_owned(), word: word.to_owned(), to };
        Port::open(door).await.map(Self)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The names and ports that it was asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.0.asked()
    }
}

impl Lead for Door {
    async fn lead(&self, mut client: TcpStream, asked: &Asked) -> io::Result<()> {
        let refused = || io::Error::from(io::ErrorKind::PermissionDenied);
        let [_, methods] = read(&mut client).await?;
        let offered = text(&mut client, methods).await?;
        if !offered.as_bytes().contains(&2) {
            client.write_all(&[5, 0xff]).await?;
            return Err(refused());
        }
        client.write_all(&[5, 2]).await?;
        let [_, length] = read(&mut client).await?;
        let user = text(&mut client, length).await?;
        let [length] = read(&mut client).await?;
        let word = text(&mut client, length).await?;
        if user != self.user || word != self.word {
            client.write_all(&[1, 1]).await?;
            return Err(refused());
        }
        client.write_all(&[1, 0]).await?;
        let [_, command, _, kind] = read(&mut client).await?;
        // A name, to be resolved here; anything else has been resolved by who asks.
        if (command, kind) != (1, 3) {
            client.write_all(&[5, 8, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
            return Err(refused());
        }
        let [length] = read(&mut client).await?;
        let host = text(&mut client, length).await?;
        let port = u16::from_be_bytes(read(&mut client).await?);
        asked.note(format!("{host}:{port}"));
        let mut server = TcpStream::connect(self.to).await?;
        client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }
}

async fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn text(stream: &mut TcpStream, length: u8) -> io::Result<String> {
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).await?;
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}
