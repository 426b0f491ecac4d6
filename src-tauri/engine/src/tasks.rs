//! The engine's own tasks. They outlive the requests that start them, so they run on the runtime that the engine
//! was opened on, and not on the one that serves such a request.

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// Starts the tasks, and waits for them at the end.
#[derive(Debug)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    home: Handle,
}

impl Tasks {
    /// Those of the runtime that calls this.
    pub(crate) fn here() -> Self {
        Self { tracker: TaskTracker::new(), home: Handle::current() }
    }

    /// Starts a task.
    pub(crate) fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.tracker.spawn_on(task, &self.home)
    }

    /// No task keeps the end waiting that starts after this and after all others have ended.
    pub(crate) fn close(&self) {
        self.tracker.close();
    }

    /// Waits until every task has ended.
    pub(crate) async fn wait(&self) {
        self.tracker.wait().await;
    }
}
