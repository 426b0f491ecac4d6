//! Work that takes milliseconds keeps no other request waiting.

use tokio::runtime::{Handle, RuntimeFlavor};

/// What is shorter is translated sooner than another thread takes over the rest.
const LONG: usize = 512 * 1024;

/// Does work over so many bytes. Where they are many, another thread serves this one's other requests meanwhile.
pub(super) fn at_length<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes < LONG || Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        return work();
    }
    tokio::task::block_in_place(work)
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;
    use tokio::sync::oneshot;

    use super::*;

    /// Work that can only end once another task of the same runtime has run.
    fn wait_for_another_task(bytes: usize) -> u8 {
        let (done, heard) = oneshot::channel();
        tokio::spawn(async move { done.send(7).unwrap() });
        at_length(bytes, move || heard.blocking_recv().unwrap())
    }

    #[test]
    fn long_work_lets_other_tasks_of_its_thread_run() {
        let lane = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let task = lane.spawn(async { wait_for_another_task(LONG) });
        assert_eq!(lane.block_on(task).unwrap(), 7);
    }

    #[test]
    fn long_work_is_done_on_a_runtime_without_other_threads_too() {
        let alone = Builder::new_current_thread().build().unwrap();
        assert_eq!(alone.block_on(async { at_length(LONG, || 7) }), 7);
    }
}
