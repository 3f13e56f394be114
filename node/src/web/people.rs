//! People who share this computer: the list, the entrance, and the check that somebody has come in.
//!
//! As long as nobody is listed the check lets everybody through. Otherwise pages lead to the entrance, whatever else
//! is refused, and the handler is told who asks: the node writes that person's label into the changes.

use axum::Form;
use axum::extract::{Request, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::error::{Answer, WebError, bare_page, bare_page_with};
use super::form::Fields;
use super::frame::{Page, Section};
use super::parts::csrf;
use super::visit::{self, Visit, own_path};
use super::{WebState, door};
use crate::documents::message::PERSON_CHARS_MAX;
use crate::i18n::Catalog;
use crate::people::{PIN_CHARS_MIN, PeopleRefusal, PersonLine};

const ENTRANCE: &str = "/people/enter";
/// Said by the script when it asks again because something arrived: nobody has done anything.
const BY_ITSELF: HeaderName = HeaderName::from_static("x-by-itself");

/// Lets through who has come in, and everybody where nobody is listed.
pub(super) async fn guard(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    if state.people.is_empty() || door::is_asset(&request) {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let is_deed = !request.headers().contains_key(BY_ITSELF) && path != door::EVENTS;
    let session = visit::cookie(request.headers(), &state.door.person_cookie());
    let person = session.and_then(|it| state.people.who(it, state.clock.now(), is_deed));
    if let Some(person) = person {
        request.extensions_mut().insert(person);
        return next.run(request).await;
    }
    if path == ENTRANCE || path == "/language" {
        return next.run(request).await;
    }
    let opens_a_page = request.method() == Method::GET && path != door::EVENTS && path != "/people/here";
    if opens_a_page {
        let back = request.uri().path_and_query().map_or("/", |it| it.as_str());
        return Redirect::to(&format!("{ENTRANCE}?back={}", escape(back))).into_response();
    }
    let t = Catalog::of(visit::language(request.headers()));
    bare_page(t, StatusCode::UNAUTHORIZED, &t.text("people-locked"), &t.text("people-locked-text"))
}

/// The list and the form that adds to it.
pub(super) async fn page(State(state): State<WebState>, visit: Visit) -> Answer {
    show(&state, &visit, None).await
}

/// Lists somebody. Who lists the first one is that person from now on: somebody has to be in.
pub(super) async fn add(
    State(state): State<WebState>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let (label, pin) = (fields.required("label")?.to_owned(), fields.exact("pin")?.to_owned());
    if fields.exact("again")? != pin {
        return show(&state, &visit, Some("people-pins-differ".to_owned())).await;
    }
    let is_first = state.people.is_empty();
    let (people, now, typed) = (state.people.clone(), state.clock.now(), pin.clone());
    let added = in_background(move || {
        let id = people.add(&label, &pin)?;
        if is_first { people.enter(id, &typed, now).map(Some) } else { Ok(None) }
    });
    match added.await? {
        Ok(session) => {
            let mut response = Redirect::to("/people").into_response();
            if let Some(session) = session {
                set_cookie(&state, &mut response, &session)?;
            }
            Ok(response)
        }
        Err(refusal) => show(&state, &visit, Some(said(visit.t, &refusal))).await,
    }
}

/// Takes somebody off the list.
pub(super) async fn remove(
    State(state): State<WebState>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let id = fields.required("person")?.parse().map_err(|_| WebError::BadForm)?;
    match state.people.remove(id) {
        Ok(()) => Ok(Redirect::to("/people").into_response()),
        Err(refusal) => show(&state, &visit, Some(said(visit.t, &refusal))).await,
    }
}

/// Who comes in?
pub(super) async fn entrance(State(state): State<WebState>, visit: Visit) -> Answer {
    let back = visit.address.split_once("back=").map_or("/", |(_, it)| it);
    let back = unescape(back);
    Ok(doorway(&state, &visit, &back, None))
}

/// Lets somebody in.
pub(super) async fn enter(
    State(state): State<WebState>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let id = fields.required("person")?.parse().map_err(|_| WebError::BadForm)?;
    let pin = fields.exact("pin").unwrap_or_default().to_owned();
    let back = fields.get("back").unwrap_or("/").to_owned();
    let (people, now) = (state.people.clone(), state.clock.now());
    match in_background(move || people.enter(id, &pin, now)).await? {
        Ok(session) => {
            let mut response = visit::back_to(&back).into_response();
            set_cookie(&state, &mut response, &session)?;
            Ok(response)
        }
        Err(refusal) => Ok(doorway(&state, &visit, &back, Some((id, said(visit.t, &refusal))))),
    }
}

/// Closes the pages behind whoever goes.
pub(super) async fn leave(
    State(state): State<WebState>,
    request_headers: axum::http::HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    if let Some(session) = visit::cookie(&request_headers, &state.door.person_cookie()) {
        state.people.leave(session);
    }
    let back = escape(own_path(fields.get("back").unwrap_or("/")));
    Ok(Redirect::to(&format!("{ENTRANCE}?back={back}")).into_response())
}

/// Somebody is still typing: the check in front of this has noted it.
pub(super) async fn here() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn show(state: &WebState, visit: &Visit, refused: Option<String>) -> Answer {
    let t = visit.t;
    let people = state.people.list();
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let content = html! {
        header.top { div { h1 { (t.text("people-title")) } p.sub { (t.text("people-sub")) } } }
        div.cols {
            div {
                h2.part { (t.text("people-list")) }
                @if people.is_empty() {
                    div.card.empty { h2 { (t.text("people-empty")) } p { (t.text("people-empty-text")) } }
                } @else {
                    div.card { table { tbody { @for it in &people { (listed(visit, it)) } } } }
                }
            }
            div {
                (adding(t, visit, refused.as_deref()))
            }
        }
    };
    let mut page = Page::new(Section::People, t.text("people-title"), content);
    page.status = status;
    page.respond(visit).await
}

fn adding(t: &Catalog, visit: &Visit, refused: Option<&str>) -> Markup {
    html! {
        section.card.drawer {
            h2.part { (t.text("people-add")) }
            @if let Some(refused) = refused { p.st-late role="alert" { (refused) } }
            form.fields method="post" action="/people/add" {
                (csrf(visit))
                label.wide { (t.text("people-label"))
                    input name="label" required autocomplete="off" maxlength=(PERSON_CHARS_MAX) placeholder=(t.text("people-label-example"));
                }
                p.hint.wide { (t.text("people-label-hint")) }
                label { (t.text("people-pin"))
                    input type="password" name="pin" minlength=(PIN_CHARS_MIN) autocomplete="new-password";
                }
                label { (t.text("people-pin-again"))
                    input type="password" name="again" autocomplete="new-password";
                }
                p.hint.wide { (t.text("people-pin-hint")) }
                div.wide { button.btn.main { (t.text("people-add-now")) } }
            }
        }
    }
}

fn listed(visit: &Visit, it: &PersonLine) -> Markup {
    let t = visit.t;
    let is_me = visit.person.as_ref().is_some_and(|me| me.id == it.id);
    html! {
        tr {
            th scope="row" { span.strong { (it.label) } @if is_me { " " span.tag { (t.text("people-me")) } } }
            td { @if it.has_pin { (t.text("people-has-pin")) } @else { (t.text("people-has-no-pin")) } }
            td {
                form method="post" action="/people/remove" {
                    (csrf(visit))
                    input type="hidden" name="person" value=(it.id);
                    button.link { (t.text("people-remove")) }
                }
            }
        }
    }
}

/// The entrance holds nothing of the node: neither plans nor the organisation.
fn doorway(state: &WebState, visit: &Visit, back: &str, refused: Option<(u32, String)>) -> Response {
    let t = visit.t;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let said = |id: u32| refused.as_ref().filter(|it| it.0 == id).map(|it| it.1.as_str());
    let people = state.people.list();
    let content = html! {
        h1 { (t.text("people-who")) }
        @if people.is_empty() { p { a.btn href="/" { (t.text("error-home")) } } }
        @for it in &people {
            form.enter method="post" action=(ENTRANCE) {
                (csrf(visit))
                input type="hidden" name="person" value=(it.id);
                input type="hidden" name="back" value=(own_path(back));
                strong { (it.label) }
                @if it.has_pin {
                    input type="password" name="pin" required autocomplete="current-password"
                        placeholder=(t.text("people-pin")) aria-label={ (t.text("people-pin")) ", " (it.label) };
                }
                button.btn.main { (t.text("people-enter")) }
                @if let Some(said) = said(it.id) { p.st-late role="alert" { (said) } }
            }
        }
        @if people.iter().any(|it| it.has_pin) { p.hint { (t.text("people-forgotten")) } }
    };
    bare_page_with(t, status, &t.text("people-who"), &content)
}

fn said(t: &Catalog, refusal: &PeopleRefusal) -> String {
    match refusal {
        PeopleRefusal::Label => t.text("people-refused-label"),
        PeopleRefusal::Taken => t.text("people-refused-taken"),
        PeopleRefusal::Pin => t.with("people-refused-pin", &[("n", PIN_CHARS_MIN.into())]),
        PeopleRefusal::Many => t.text("people-refused-many"),
        PeopleRefusal::Nobody => t.text("people-refused-nobody"),
        PeopleRefusal::Wrong => t.text("people-refused-wrong"),
        PeopleRefusal::Wait(seconds) => t.with("people-refused-wait", &[("n", (*seconds).into())]),
        PeopleRefusal::System | PeopleRefusal::File(_) => t.text("people-refused-file"),
    }
}

/// Hashing takes long: not on the threads that serve pages.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, WebError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| WebError::Node("error-closed".to_owned()))
}

fn set_cookie(state: &WebState, response: &mut Response, session: &str) -> Result<(), WebError> {
    let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", state.door.person_cookie());
    let value = cookie.parse().map_err(|_| WebError::BadForm)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

/// A path of our own inside an address: what would end the parameter is escaped.
fn escape(path: &str) -> String {
    path.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B")
}

fn unescape(text: &str) -> String {
    text.replace("%2B", "+").replace("%23", "#").replace("%26", "&").replace("%25", "%")
}

#[cfg(test)]
mod tests;
