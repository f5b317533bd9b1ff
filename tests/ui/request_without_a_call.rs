#![deny(unused_must_use)]

use fitrankings::{Client, UserToken};

fn users(client: &Client<UserToken>) {
    client.list_users().page(2);
    Client::builder().user_agent("mine");
}

fn main() {}
