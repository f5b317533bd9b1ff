use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A listener whose queue is full, so that other connections are neither accepted nor refused.
pub struct FullListener {
    address: SocketAddr,
    _socket: Socket,
    _queue: Vec<TcpStream>,
}

impl FullListener {
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(&any.into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            queue.push(stream);
            assert!(queue.len() < 100, "the queue has no end");
        }
        Self {
            address,
            _socket: socket,
            _queue: queue,
        }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/iq", self.address)
    }

    /// Whether a client is connecting.
    pub fn is_being_tried(&self) -> bool {
        // Its address from the other end, and the state SYN_SENT.
        let line = format!(":{:04X} 02 ", self.address.port());
        let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
        sockets.contains(&line)
    }
}
