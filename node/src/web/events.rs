//! Server-sent events: one line each time something changed. The script then asks for its page again; what exactly
//! changed is not sent, so that a lost event costs nothing.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};

use super::visit::Visit;

/// The stream of one open page.
pub(super) async fn stream(visit: Visit) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Browsers drop an event without data. A page that fell behind has missed nothing but hints: the next one makes it ask for everything.
    let changes =
        BroadcastStream::new(visit.node.subscribe()).map(|_| Ok(Event::default().event("changed").data("1")));
    Sse::new(changes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Shows a closed page within the time in which browsers tolerate silence.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
