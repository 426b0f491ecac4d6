//! Whether anything on this desktop shows tray icons.

/// Asks the session bus; without an answer in time there is none.
#[cfg(target_os = "linux")]
pub(crate) async fn is_there() -> bool {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    matches!(tokio::time::timeout(PATIENCE, ask()).await, Ok(Ok(true)))
}

/// Windows and macOS always do.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_there() -> bool {
    std::future::ready(true).await
}

#[cfg(target_os = "linux")]
async fn ask() -> zbus::Result<bool> {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let bus = zbus::Connection::session().await?;
    let watcher: zbus::Proxy<'_> = zbus::proxy::Builder::new(&bus)
        .destination(WATCHER)?
        .path("/StatusNotifierWatcher")?
        .interface(WATCHER)?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}
