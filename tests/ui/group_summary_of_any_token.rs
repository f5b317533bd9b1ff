use fitrankings::{AnyToken, Client};

fn summary(client: &Client<AnyToken>) {
    let _ = client.get_group_stat_summary().call();
}

fn main() {}
