//! Our icons: one stroke path each, on a grid of 16.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyph {
    Yard,
    Providers,
    Combos,
    Keys,
    Search,
    Copy,
    Check,
    Close,
    Plus,
    Trash,
    Up,
    Down,
    Grip,
    External,
    Sun,
    Moon,
    System,
    ChevronRight,
    ChevronDown,
    Pencil,
    Refresh,
    Alert,
    Eye,
    EyeOff,
    Clock,
    SignOut,
    Help,
    Probe,
    Unlock,
    Tools,
    Ring,
    Minus,
    Page,
    ArrowRight,
    Requests,
    Usage,
    Quota,
    Settings,
    Bell,
    Download,
    Pause,
    Play,
    Talk,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Yard => "M1.5 4h13M3.5 4l4 4.25h7M7.5 8.25l3.5 4h3.5",
            Self::Providers => "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01M8 5h3M8 11h3",
            Self::Combos => {
                "M4 5.5A1.75 1.75 0 1 0 4 2a1.75 1.75 0 0 0 0 3.5zM12 14a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5zM5.75 3.75H10A2.125 2.125 0 0 1 10 8H6a2.125 2.125 0 0 0 0 4.25h4.25"
            }
            Self::Keys => {
                "M10 9.5A3.75 3.75 0 1 0 6.5 7.1L2 11.6V14h2.4v-1.6H6v-1.6h1.5L8.9 9.35M10.9 5.1h.01"
            }
            Self::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6 14 14",
            Self::Copy => {
                "M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z"
            }
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Trash => {
                "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.75 7.25v3.5M9.25 7.25v3.5"
            }
            Self::Up => "M8 12.5v-9M4.25 7.25 8 3.5l3.75 3.75",
            Self::Down => "M8 3.5v9M4.25 8.75 8 12.5l3.75-3.75",
            Self::Grip => "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
            Self::External => "M6.5 3.5h-3v9h9v-3M9.5 2.5h4v4M13.5 2.5l-6 6",
            Self::Sun => {
                "M8 10.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.06 1.06M11.54 11.54l1.06 1.06M12.6 3.4l-1.06 1.06M4.46 11.54 3.4 12.6"
            }
            Self::Moon => "M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1z",
            Self::System => "M2 3h12v8H2zM5.5 13.5h5M8 11v2.5",
            Self::ChevronRight => "M6 3.5 10.5 8 6 12.5",
            Self::ChevronDown => "M3.5 6 8 10.5 12.5 6",
            Self::Pencil => "M11 2.5 13.5 5l-8 8H3v-2.5zM9.5 4 12 6.5",
            Self::Refresh => "M13.5 2.75v3.5H10M13.1 6.25A5.5 5.5 0 1 0 13.4 9",
            Self::Alert => "M8 2.25 14.5 13.5h-13zM8 6.5v3M8 11.5h.01",
            Self::Eye => {
                "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 9.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z"
            }
            Self::EyeOff => {
                "M6.2 3.75A6.4 6.4 0 0 1 8 3.5C12 3.5 14.5 8 14.5 8a11 11 0 0 1-1.9 2.4M10.2 11.95A6.2 6.2 0 0 1 8 12.5C4 12.5 1.5 8 1.5 8a11 11 0 0 1 2.7-3.05M2.5 2.5l11 11"
            }
            Self::Clock => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.75V8l2.25 1.5",
            Self::SignOut => "M6.5 13.5h-4v-11h4M10.5 5l3 3-3 3M13.5 8H6",
            Self::Help => {
                "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.25 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.35-.85.65-.85 1.2M8 11.25h.01"
            }
            Self::Probe => "M1.5 8.5h3l2-5.5 3 10 2-4.5h3",
            Self::Unlock => "M4 7.5h8v6H4zM5.5 7.5v-2.25a2.5 2.5 0 0 1 4.9-.7",
            Self::Tools => "M2 3h12v10H2zM4.5 6 6.75 8 4.5 10M8.25 10.25h3",
            Self::Ring => "M8 12.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9z",
            Self::Minus => "M4 8h8",
            Self::Page => "M4 2.25h5.25L12 5v8.75H4zM6.25 7.5h3.5M6.25 10.25h3.5",
            Self::Requests => "M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4h8M5.5 8h8M5.5 12h5",
            Self::Usage => "M2 13.5h12M4 11V7.5M7 11V3M10 11V5.5M13 11V8.5",
            Self::Quota => {
                "M2.5 12a6 6 0 1 1 11 0M8 9.5l3-3.25M8 10.5a1 1 0 1 0 0-2 1 1 0 0 0 0 2z"
            }
            Self::Settings => {
                "M2 4.5h6M11 4.5h3M2 11.5h3M8 11.5h6M9.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM6.5 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z"
            }
            Self::Bell => {
                "M3 11.5h10c-1-1-1.25-2-1.25-4.25a3.75 3.75 0 0 0-7.5 0C4.25 9.5 4 10.5 3 11.5zM6.75 13.75h2.5"
            }
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Play => "M5 3.2l7.5 4.8L5 12.8z",
            Self::Talk => "M2.5 3h11v7.5H7.25L4.5 13v-2.5h-2zM5 6h6M5 8h3.5",
            Self::Download => "M8 2.5v7.5M4.75 7 8 10.25 11.25 7M3 13.5h10",
            Self::ArrowRight => "M3.5 8h9M8.75 4.25 12.5 8l-3.75 3.75",
        }
    }
}

/// An icon; the control around it carries the word.
#[component]
pub(crate) fn Icon(of: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=of.path()></path>
        </svg>
    }
}
