use switchyard_types::{RequestFilter, RequestId, RequestPage, RequestView};

use crate::{Engine, EngineError};

/// The most rows that one page holds.
const PAGE_LIMIT: u32 = 200;

impl Engine {
    /// A page of requests, newest first.
    pub async fn requests(
        &self,
        before: Option<&RequestId>,
        limit: u32,
    ) -> Result<RequestPage, EngineError> {
        self.find_requests(&RequestFilter::default(), before, limit).await
    }

    /// A page of the requests that a filter lets through, newest first.
    pub async fn find_requests(
        &self,
        filter: &RequestFilter,
        before: Option<&RequestId>,
        limit: u32,
    ) -> Result<RequestPage, EngineError> {
        // A request that has just ended shall be on the page that is read because of it.
        self.inner.recorder.flush().await;
        Ok(self.inner.store.find_requests(filter, before, limit.clamp(1, PAGE_LIMIT)).await?)
    }

    /// One request with its trace.
    pub async fn request(&self, id: &RequestId) -> Result<RequestView, EngineError> {
        self.inner.recorder.flush().await;
        self.inner
            .store
            .request(id)
            .await?
            .ok_or_else(|| EngineError::NotFound { what: "request", name: id.to_string() })
    }
}
