use bytes::{Bytes, BytesMut};
use switchyard_dialect::{
    ClientError, Fingerprint, Frame, Keepsake, Seen, StreamTranslator, Watch, WayBack,
};
use switchyard_types::{Dialect, Usage};

/// How a vendor's events become the client's: as they are, or through the neutral form.
#[derive(Debug)]
pub(super) enum Path {
    /// The same dialect on both sides: bytes pass, a tap looks on.
    Same(Watch),
    /// Two dialects: decode and encode.
    Translated(Box<StreamTranslator>),
}

impl Path {
    /// `way_back` is there where the request was translated.
    pub(super) fn new(
        vendor: Dialect,
        client: Dialect,
        model: &str,
        way_back: Option<&WayBack>,
    ) -> Self {
        match way_back {
            None => Self::Same(Watch::new(client)),
            Some(way_back) => {
                Self::Translated(Box::new(StreamTranslator::new(vendor, client, model, way_back)))
            }
        }
    }

    /// Takes one event in, and puts what the client shall get for it into `out`. The vendor's own words on a
    /// fault are cleaned before: they may quote the key.
    pub(super) fn see(
        &mut self,
        frame: Frame,
        out: &mut Outgoing,
        clean: impl FnOnce(Bytes) -> Bytes,
    ) -> Seen {
        match self {
            Self::Same(watch) => {
                let seen = watch.see(&frame);
                if matches!(seen, Seen::Fault(_)) {
                    out.push(Bytes::from(watch.before_fault()));
                    out.push(clean(frame.raw));
                } else {
                    out.push(frame.raw);
                }
                seen
            }
            Self::Translated(translator) => {
                let mut bytes = Vec::new();
                let seen = translator.push(&frame, &mut bytes);
                out.push(Bytes::from(bytes));
                seen
            }
        }
    }

    /// The vendor's bytes have ended: writes what is still owed to the client.
    pub(super) fn finish(&mut self, out: &mut Outgoing) {
        match self {
            Self::Same(watch) => out.push(Bytes::from_static(watch.owed())),
            Self::Translated(translator) => {
                let mut bytes = Vec::new();
                translator.finish(&mut bytes);
                out.push(Bytes::from(bytes));
            }
        }
    }

    /// Whether the client has its dialect's terminal event.
    pub(super) fn ended(&self) -> bool {
        match self {
            Self::Same(watch) => watch.ended(),
            Self::Translated(translator) => translator.ended(),
        }
    }

    /// Ends a stream that broke off: an error event and a legal ending.
    pub(super) fn fail(&mut self, error: &ClientError, out: &mut Outgoing) {
        match self {
            Self::Same(watch) => {
                out.push(Bytes::from(watch.ending(error)));
                out.push(Bytes::from_static(watch.owed()));
            }
            Self::Translated(translator) => {
                let mut bytes = Vec::new();
                translator.fail(error, &mut bytes);
                out.push(Bytes::from(bytes));
            }
        }
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        match self {
            Self::Same(watch) => watch.usage(),
            Self::Translated(translator) => translator.usage(),
        }
    }

    /// Takes the proofs of reasoning that passed, and those that the client cannot hold.
    pub(super) fn take_proofs(&mut self) -> (Vec<Fingerprint>, Vec<Keepsake>) {
        match self {
            Self::Same(watch) => (watch.take_proofs(), Vec::new()),
            Self::Translated(translator) => (Vec::new(), translator.take_keepsakes()),
        }
    }

    pub(super) fn losses(&self) -> Vec<String> {
        match self {
            Self::Same(_) => Vec::new(),
            Self::Translated(translator) => translator.losses().to_vec(),
        }
    }
}

/// Bytes on their way to the client. One piece, the usual case, is passed on without a copy.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    first: Bytes,
    rest: BytesMut,
}

impl Outgoing {
    pub(super) fn push(&mut self, bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        if self.first.is_empty() {
            self.first = bytes;
        } else {
            if self.rest.is_empty() {
                self.rest.extend_from_slice(&self.first);
            }
            self.rest.extend_from_slice(&bytes);
        }
    }

    pub(super) fn len(&self) -> usize {
        if self.rest.is_empty() { self.first.len() } else { self.rest.len() }
    }

    /// Takes everything; `None` when there is nothing.
    pub(super) fn take(&mut self) -> Option<Bytes> {
        let first = std::mem::take(&mut self.first);
        let rest = std::mem::take(&mut self.rest);
        let bytes = if rest.is_empty() { first } else { rest.freeze() };
        (!bytes.is_empty()).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_leave_in_the_order_they_came() {
        let mut out = Outgoing::default();
        for piece in ["a", "", "b", "c"] {
            out.push(Bytes::from(piece));
        }
        assert_eq!(out.len(), 3);
        assert_eq!(out.take().unwrap(), "abc");
        assert!(out.take().is_none());
    }

    #[test]
    fn one_piece_is_not_copied() {
        let piece = Bytes::from(vec![7; 32]);
        let mut out = Outgoing::default();
        out.push(piece.clone());
        assert_eq!(out.take().unwrap().as_ptr(), piece.as_ptr());
    }
}
