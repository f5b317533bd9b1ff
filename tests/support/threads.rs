//! The threads that the client starts.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::PATIENCE;

/// Locks out the other tests that start threads in the client, so that these can be counted.
pub fn alone() -> MutexGuard<'static, ()> {
    static THREADS: Mutex<()> = Mutex::new(());
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no thread of the client is left. The system truncates their names, and threads that
/// they start inherit them.
#[cfg(target_os = "linux")]
#[track_caller]
pub fn wait_until_no_thread_is_left() {
    let end = Instant::now() + PATIENCE;
    while threads() > 0 {
        assert!(Instant::now() < end, "{} threads are left", threads());
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
fn threads() -> usize {
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    tasks
        .filter_map(|task| name(task).ok())
        .filter(|name| name.starts_with("fitrankings"))
        .count()
}

#[cfg(not(target_os = "linux"))]
pub fn wait_until_no_thread_is_left() {}
