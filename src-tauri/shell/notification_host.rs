//! Whether anything on this desktop shows notifications, and how it reads them.

/// What shows notifications here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Nothing does.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "other systems always do"))]
    Absent,
    /// It shows text as it is.
    PlainText,
    /// It takes `<` and `&` for marks.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "a way of Linux desktops"))]
    Markup,
}

/// Asks the session bus; without an answer in time there is none.
#[cfg(target_os = "linux")]
pub(crate) async fn ask() -> Host {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
    match tokio::time::timeout(PATIENCE, abilities()).await {
        Ok(Ok(abilities)) if abilities.iter().any(|ability| ability == "body-markup") => {
            Host::Markup
        }
        Ok(Ok(_)) => Host::PlainText,
        Ok(Err(error)) => {
            tracing::debug!("the service of notifications does not answer: {error}");
            Host::Absent
        }
        Err(_) => Host::Absent,
    }
}

/// Windows and macOS show text as it is.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn ask() -> Host {
    std::future::ready(Host::PlainText).await
}

#[cfg(target_os = "linux")]
async fn abilities() -> zbus::Result<Vec<String>> {
    const NAME: &str = "org.freedesktop.Notifications";
    let bus = zbus::Connection::session().await?;
    let answer = bus
        .call_method(
            Some(NAME),
            "/org/freedesktop/Notifications",
            Some(NAME),
            "GetCapabilities",
            &(),
        )
        .await?;
    answer.body().deserialize()
}
