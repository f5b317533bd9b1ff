use fitrankings::{Client, UserToken};

fn summary(client: &Client<UserToken>) {
    let _ = client.get_group_stat_summary().call();
}

fn main() {}
