use fitrankings::{Client, NoToken};

fn summary(client: &Client<NoToken>) {
    let _ = client.get_group_stat_summary().call();
}

fn main() {}
