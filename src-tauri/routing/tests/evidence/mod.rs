//! A vendor's reply as evidence.

use switchyard_routing::{Evidence, Failure, TransportFault, classify};

/// 2026-11-23 00:00:00 UTC.
pub(crate) const NOW: i64 = 1_795_392_000_000;

/// A reply to classify.
#[derive(Clone)]
pub(crate) struct Reply {
    status: Option<u16>,
    body: String,
    headers: Vec<(String, String)>,
    transport: Option<TransportFault>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        let (status, body) = (Some(status), body.to_owned());
        Self { status, body, headers: Vec::new(), transport: None }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub(crate) fn transport(mut self, fault: TransportFault) -> Self {
        self.transport = Some(fault);
        self
    }

    pub(crate) fn evidence<'a>(
        &'a self,
        headers: &'a dyn Fn(&str) -> Option<&'a str>,
    ) -> Evidence<'a> {
        Evidence {
            status: self.status,
            kind: None,
            code: None,
            message: "",
            body: self.body.as_bytes(),
            headers,
            transport: self.transport,
            limits: &[],
        }
    }

    pub(crate) fn classify(&self) -> Failure {
        let find = |name: &str| {
            self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        classify(&self.evidence(&find), NOW)
    }
}
