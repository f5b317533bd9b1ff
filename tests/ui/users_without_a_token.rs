use fitrankings::{Client, NoToken};

fn users(client: &Client<NoToken>) {
    let _ = client.list_users().call();
}

fn main() {}
