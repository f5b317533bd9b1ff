use std::sync::{Arc, Mutex};
use std::time::Duration;

use fitrankings::Clock;

/// A clock whose sleeps take no time and are recorded.
#[derive(Clone)]
pub struct FakeClock {
    chance: Option<f64>,
    sleeps: Arc<Mutex<Vec<Duration>>>,
}

impl FakeClock {
    pub fn new() -> Self {
        Self {
            chance: None,
            sleeps: Arc::default(),
        }
    }

    pub fn with_chance(chance: f64) -> Self {
        Self {
            chance: Some(chance),
            ..Self::new()
        }
    }

    pub fn sleeps(&self) -> Vec<Duration> {
        self.sleeps.lock().unwrap().clone()
    }
}

impl Clock for FakeClock {
    fn sleep(&self, duration: Duration) {
        self.sleeps.lock().unwrap().push(duration);
    }

    fn random(&self) -> f64 {
        struct Real;
        impl Clock for Real {
            fn sleep(&self, _: Duration) {}
        }
        self.chance.unwrap_or_else(|| Real.random())
    }
}
