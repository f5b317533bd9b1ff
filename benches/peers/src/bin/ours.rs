//! This crate, with its defaults.

use std::hint::black_box;

use fitrankings::{Client, MasterToken};

struct Ours(Client<MasterToken>);

impl peers::Peer for Ours {
    fn new(base_url: &str) -> Self {
        let builder = Client::builder().base_url(base_url);
        #[cfg(feature = "ours-tls")]
        let builder = builder.system_certificates(true);
        let token = MasterToken::new(peers::TOKEN).unwrap();
        Self(builder.build(token).unwrap())
    }

    fn one(&self) {
        black_box(self.0.get_activity(1).call().unwrap());
    }

    fn page(&self, page: u64, size: u64) -> usize {
        let request = self.0.list_activities().page(page).page_size(size);
        black_box(request.call().unwrap()).len()
    }

    fn list(&self, size: u64, ahead: usize) -> usize {
        let items = self.0.list_activities().page_size(size).items();
        let mut count = 0;
        for activity in items.prefetch(ahead) {
            black_box(activity.unwrap());
            count += 1;
        }
        count
    }
}

fn main() {
    peers::main::<Ours>();
}
