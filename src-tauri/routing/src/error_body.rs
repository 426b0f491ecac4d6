use serde::Deserialize;
use serde::de::IgnoredAny;

/// A longer body is no vendor's error; reading it would only cost time.
const LONGEST_BODY: usize = 256 * 1024;

/// An error's body in any vendor's shape, as far as it says what happened and when it ends.
///
/// A field of another type than expected counts as absent, and so does a body that is no JSON.
#[derive(Debug, Default)]
pub(crate) struct ErrorBody {
    /// The error's type: `error.type`, Google's `error.status`.
    pub(crate) kind: Option<String>,
    /// The error's code, a number as its digits: `error.code`, `MiniMax`'s `base_resp.status_code`.
    pub(crate) code: Option<String>,
    /// Further short words for programs: `reason` of Google's details and of Kiro's exceptions.
    pub(crate) reasons: Vec<String>,
    /// The error's message.
    pub(crate) message: Option<String>,
    /// When it ends: `resets_at`, `reset_at`.
    pub(crate) resets_at: Vec<Scalar>,
    /// In how many seconds it ends: `resets_in_seconds`, `retry_after`.
    pub(crate) resets_in: Vec<Scalar>,
    /// In what time it ends, with its unit: Google's `retryDelay` and `quotaResetDelay`.
    pub(crate) delays: Vec<String>,
    /// The names of the quotas that are spent, which say what window they are of.
    pub(crate) quota_ids: Vec<String>,
    /// Headers of the vendor behind a router, which `OpenRouter` puts into the body.
    pub(crate) headers: Vec<(String, String)>,
}

impl ErrorBody {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        if bytes.len() > LONGEST_BODY {
            return Self::default();
        }
        let mut body = Self::default();
        // Gemini answers in a list of one.
        if let Ok(OneOrMany::One(outer) | OneOrMany::Many([outer])) = serde_json::from_slice(bytes)
        {
            body.take_outer(*outer);
        }
        body
    }

    fn take_outer(&mut self, outer: Outer) {
        match outer.error.0 {
            Some(ErrorField::Parts(parts)) => self.take(*parts),
            Some(ErrorField::Text(text)) => self.message = Some(text),
            None => {}
        }
        if let Some(base) = outer.base_resp.0 {
            self.code = self.code.take().or(base.status_code.0.map(Scalar::into_text));
            self.message = self.message.take().or(base.status_msg.0);
        }
        self.take(outer.parts);
    }

    /// Takes what an object says; what was taken before stays.
    fn take(&mut self, parts: Parts) {
        self.kind = self.kind.take().or(parts.status.0).or(parts.kind.0).or(parts.exception.0);
        self.reasons.extend(parts.reason.0);
        self.code = self.code.take().or(parts.code.0.map(Scalar::into_text));
        self.message = self.message.take().or(parts.message.0).or(parts.msg.0);
        self.resets_at.extend([parts.resets_at.0, parts.reset_at.0].into_iter().flatten());
        let seconds = [parts.resets_in_seconds.0, parts.retry_after.0, parts.retry_after_seconds.0];
        self.resets_in.extend(seconds.into_iter().flatten());
        let details = match parts.details.0 {
            Some(Details::Many(details)) => details,
            Some(Details::One(NamedError { error_code })) => {
                self.code = self.code.take().or(error_code);
                Vec::new()
            }
            None => Vec::new(),
        };
        for detail in details {
            let Lenient(Some(detail)) = detail else { continue };
            self.delays.extend(detail.retry_delay.0);
            self.reasons.extend(detail.reason.0);
            if let Some(metadata) = detail.metadata.0 {
                self.delays.extend(metadata.quota_reset_delay.0);
                self.resets_at.extend(metadata.quota_reset_time_stamp.0.map(Scalar::Text));
            }
            for violation in detail.violations.0.unwrap_or_default() {
                self.quota_ids.extend(violation.0.and_then(|violation| violation.quota_id.0));
            }
        }
        if let Some(headers) = parts.metadata.0.and_then(|metadata| metadata.headers.0) {
            let named = headers.0.into_iter();
            self.headers.extend(named.map(|(name, value)| (name.to_lowercase(), value)));
        }
    }
}

/// A number or a text, as vendors mix them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Whole(i64),
    Broken(f64),
    Text(String),
}

impl Scalar {
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Broken(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// A field that counts as absent where it is of another type.
#[derive(Debug)]
struct Lenient<T>(Option<T>);

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Maybe<T> {
            Expected(T),
            Other(IgnoredAny),
        }
        Ok(match Maybe::deserialize(deserializer)? {
            Maybe::Expected(value) => Self(Some(value)),
            Maybe::Other(IgnoredAny) => Self(None),
        })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Box<Outer>),
    Many([Box<Outer>; 1]),
}

#[derive(Deserialize)]
struct Outer {
    #[serde(default)]
    error: Lenient<ErrorField>,
    #[serde(default)]
    base_resp: Lenient<BaseResp>,
    #[serde(flatten)]
    parts: Parts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorField {
    Text(String),
    Parts(Box<Parts>),
}

#[derive(Deserialize)]
struct BaseResp {
    #[serde(default)]
    status_code: Lenient<Scalar>,
    #[serde(default)]
    status_msg: Lenient<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Parts {
    #[serde(rename = "type")]
    kind: Lenient<String>,
    /// Amazon's name of an exception.
    #[serde(rename = "__type")]
    exception: Lenient<String>,
    reason: Lenient<String>,
    status: Lenient<String>,
    code: Lenient<Scalar>,
    message: Lenient<String>,
    msg: Lenient<String>,
    resets_at: Lenient<Scalar>,
    reset_at: Lenient<Scalar>,
    resets_in_seconds: Lenient<Scalar>,
    retry_after: Lenient<Scalar>,
    retry_after_seconds: Lenient<Scalar>,
    details: Lenient<Details>,
    metadata: Lenient<Metadata>,
}

/// Google's list, or Anthropic's object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Details {
    Many(Vec<Lenient<Detail>>),
    One(NamedError),
}

#[derive(Deserialize)]
struct NamedError {
    error_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Detail {
    retry_delay: Lenient<String>,
    reason: Lenient<String>,
    metadata: Lenient<DetailMetadata>,
    violations: Lenient<Vec<Lenient<Violation>>>,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct DetailMetadata {
    quota_reset_delay: Lenient<String>,
    quota_reset_time_stamp: Lenient<String>,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Violation {
    quota_id: Lenient<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Metadata {
    headers: Lenient<TextMap>,
}

/// Pairs of texts; others are dropped.
struct TextMap(Vec<(String, String)>);

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<String, Lenient<Scalar>>::deserialize(deserializer)?;
        let texts = map.into_iter().filter_map(|(name, value)| Some((name, value.0?.into_text())));
        Ok(Self(texts.collect()))
    }
}
