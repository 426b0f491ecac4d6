//! Texts for people in views: what `switchyard-locale` says, drawn by Leptos. It stands first in `lib.rs`, so that
//! `word!` and `say!` are known in every module.

use leptos::attr::{Attribute, AttributeValue};
use leptos::prelude::{AddAnyAttr, AnyView, IntoAny, Render, RenderHtml, Signal};
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::Element;
use leptos::tachys::view::{Position, PositionState};

/// A text that is always the same. It can stand in a view and be an attribute as it is, and is translated when it is
/// drawn: so the bundle looks for translations in one place and not in each view. Elsewhere [`Word::text`] says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(switchyard_locale::Word);

/// Makes a [`Word`] of an English text: `word!("Open")`, or `word!("Open", as "state of a lock")` where that text
/// is two in another language.
macro_rules! word {
    ($($text:tt)*) => { const { $crate::word::Word::new(switchyard_locale::word!($($text)*)) } };
}

/// A text in which values stand, as a `String`: `say!("{n} of {all}", n, all = list.len())`.
macro_rules! say {
    ($($text:tt)*) => { switchyard_locale::say!($($text)*) };
}

impl Word {
    pub(crate) const fn new(word: switchyard_locale::Word) -> Self {
        Self(word)
    }

    /// The text in the language in force.
    pub(crate) fn text(self) -> &'static str {
        self.0.text()
    }

    /// The text with an element in the place of its `{name}`: so it is one sentence in every language.
    #[inline(never)]
    pub(crate) fn around(self, element: AnyView) -> AnyView {
        let text = self.text();
        let (before, rest) = text.split_once('{').unwrap_or((text, ""));
        let after = rest.split_once('}').map_or("", |(_, after)| after);
        (before, element, after).into_any()
    }

    /// The same, where a text may be made of values.
    #[inline(never)]
    pub(crate) fn owned(self) -> String {
        self.text().to_owned()
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.owned()
    }
}

impl From<Word> for Signal<String> {
    fn from(word: Word) -> Self {
        Self::stored(word.owned())
    }
}

// Everything below has the text do it.

impl Render for Word {
    type State = <&'static str as Render>::State;

    fn build(self) -> Self::State {
        Render::build(self.text())
    }

    fn rebuild(self, state: &mut Self::State) {
        Render::rebuild(self.text(), state);
    }
}

impl AddAnyAttr for Word {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Word {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.text().to_html_with_buf(html, position, escape, mark_branches, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        RenderHtml::hydrate::<FROM_SERVER>(self.text(), cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AttributeValue for Word {
    type State = <&'static str as AttributeValue>::State;
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.text().len()
    }

    fn to_html(self, key: &str, html: &mut String) {
        AttributeValue::to_html(self.text(), key, html);
    }

    fn to_template(_: &str, _: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, key: &str, element: &Element) -> Self::State {
        AttributeValue::hydrate::<FROM_SERVER>(self.text(), key, element)
    }

    fn build(self, element: &Element, key: &str) -> Self::State {
        AttributeValue::build(self.text(), element, key)
    }

    fn rebuild(self, key: &str, state: &mut Self::State) {
        AttributeValue::rebuild(self.text(), key, state);
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}
