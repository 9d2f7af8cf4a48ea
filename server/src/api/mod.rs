//! The API for programs, `/api/v1`: the operations that pages call, with keys instead
//! of sessions. What it answers is described by `docs/openapi.json`, which is made of
//! the code here (`ticket-exchange openapi`).

mod events;
mod extract;
mod listings;
mod orders;
mod problem;
mod token;
mod types;
mod validators;
mod writes;

use std::any::Any;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{Next, from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use axum_extra::{
    TypedHeader,
    headers::{Authorization, authorization::Bearer},
    typed_header::TypedHeaderRejection,
};
use domain::scope::Scope;
use exchange::{Error, Exchange, access, audit};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::{
    OpenApi,
    openapi::{
        HttpMethod, OpenApi as Description, Ref, RefOr, Required, ResponseBuilder,
        content::ContentBuilder,
        header::Header,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{Object, SchemaType, Type},
        security::{
            ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme,
        },
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::{Config, SwaggerUi};

use self::problem::{Code, Refused};
use crate::web::AppState;

/// What events are (<https://www.asyncapi.com/docs/reference/specification/v3.1.0>);
/// that they are so is tested where they are written.
const EVENTS: &str = include_str!("../../../docs/asyncapi.json");

/// Where it is.
const BASE: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ticket Exchange",
        version = "1.0.0",
        description = "Sell tickets that you cannot use, and buy them safely, by program.\n\n\
            Programs show a key, which is made on the page *Keys for programs* of an account, or a \
            token that they get for it, as `Authorization: Bearer`. Every write carries an \
            `Idempotency-Key` of the program's choice: sent again within a day, what was \
            done is not done again and answered as before. Refusals are problem details (RFC 9457). Lists go on where `next` \
            says. Amounts are integers in the currency's minor unit; times are RFC 3339 in UTC."
    ),
    servers((url = "/api/v1")),
    tags(
        (name = "tokens", description = "Getting in"),
        (name = "listings", description = "What is on the market, and what the account sells"),
        (name = "orders", description = "Holding a ticket"),
        (name = "payments", description = "Paying for it"),
        (name = "refunds", description = "Getting the money back"),
        (name = "events", description = "What happened"),
        (name = "webhooks", description = "Being told what happens")
    ),
    components(schemas(problem::Problem, types::Sort))
)]
struct Head;

/// The routes that need a key, and their description.
fn documented() -> (Router<AppState>, Description) {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(listings::search, listings::create))
        .routes(routes!(
            listings::read,
            listings::replace,
            listings::withdraw
        ))
        .routes(routes!(listings::own))
        .routes(routes!(orders::list, orders::reserve))
        .routes(routes!(orders::read))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::pay))
        .routes(routes!(orders::finish))
        .routes(routes!(orders::refund))
        .routes(routes!(events::list))
        .routes(routes!(events::webhooks, events::create))
        .routes(routes!(events::read, events::replace, events::delete))
        .routes(routes!(events::secret, events::roll_secret))
        .routes(routes!(events::deliveries))
        .split_for_parts()
}

/// The description of it all, as JSON (<https://spec.openapis.org/oas/v3.1.0>).
pub(crate) fn description() -> String {
    let (_, mut api) = documented();
    let (_, tokens) = OpenApiRouter::<AppState>::new()
        .routes(routes!(token::grant))
        .split_for_parts();
    for item in api.paths.paths.values_mut() {
        for (method, operation) in [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Delete, &mut item.delete),
        ] {
            if let Some(operation) = operation {
                complete(operation, method == HttpMethod::Get);
            }
        }
    }
    api.merge(tokens);
    let scopes = Scope::ALL.map(|scope| (scope.name(), describe(scope)));
    let components = api.components.get_or_insert_default();
    components.add_security_scheme(
        "key",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("A key, or a token for one"))
                .build(),
        ),
    );
    let flow = ClientCredentials::new(format!("{BASE}/token"), Scopes::from_iter(scopes));
    components.add_security_scheme(
        "oauth2",
        SecurityScheme::OAuth2(OAuth2::new([Flow::ClientCredentials(flow)])),
    );
    let mut text = api.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

const fn describe(scope: Scope) -> &'static str {
    match scope {
        Scope::ListingsRead => "Read the market and the account's own listings",
        Scope::ListingsWrite => "List tickets, edit listings and withdraw them",
        Scope::OrdersRead => "Read the account's orders and their payments",
        Scope::OrdersWrite => "Reserve tickets, let them go, and pay",
        Scope::RefundsWrite => "Have the account's orders refunded",
        Scope::EventsRead => "Read what happens to the account's listings and orders",
        Scope::WebhooksWrite => "Have addresses told what happens to them",
    }
}

/// Adds what every operation may answer, and what every write takes.
fn complete(operation: &mut Operation, reads: bool) {
    let mut answers = vec![
        ("400", "It cannot be read, or lacks a header"),
        ("401", "No key or token that is of use"),
        (
            "403",
            "The account may not do this, or the key has no scope for it",
        ),
        (
            "429",
            "Too many requests: wait as long as `Retry-After` says",
        ),
        ("500", "Our fault"),
        ("503", "Something that this needs is away"),
    ];
    if !reads {
        answers.extend([
            (
                "409",
                "The state of things forbids it, or the same write is being done",
            ),
            ("413", "The body is too long"),
            ("415", "The body is no JSON by its content type"),
            (
                "422",
                "Members were refused, or the `Idempotency-Key` was used for another request",
            ),
        ]);
        let text = Object::builder()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(1))
            .max_length(Some(access::answers::LONGEST));
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("Of your choice, and used for one request"))
            .schema(Some(text));
        operation
            .parameters
            .get_or_insert_default()
            .push(RefOr::T(key.build()));
    }
    for (status, said) in answers {
        let problem = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let answer = ResponseBuilder::new()
            .description(said)
            .content("application/problem+json", problem);
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(answer.build()));
    }
    for (status, answer) in &mut operation.responses.responses {
        let mut names = Vec::new();
        // Nobody is counted who is not known.
        if status != "401" {
            names.extend(["RateLimit", "RateLimit-Policy"]);
        }
        match status.as_str() {
            "409" | "429" | "503" => names.push("Retry-After"),
            "401" | "403" => names.push("WWW-Authenticate"),
            "200" | "201" | "202" | "204" if !reads => names.push("Idempotency-Replayed"),
            _ => {}
        }
        if let RefOr::T(answer) = answer {
            for name in names {
                answer
                    .headers
                    .insert(name.to_owned(), RefOr::T(Header::default()));
            }
        }
    }
    problems(operation);
}

/// Has every refusal that is a [`problem::Problem`] be of its media type.
fn problems(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && status.as_str() >= "400"
            && let Some(content) = answer.content.shift_remove("application/json")
        {
            answer
                .content
                .insert("application/problem+json".to_owned(), content);
        }
    }
}

/// Everything below [`BASE`].
pub(crate) fn routes(exchange: &Exchange) -> Router<AppState> {
    let (guarded, _) = documented();
    let json =
        |text: String| get(async move || ([(header::CONTENT_TYPE, "application/json")], text));
    let described = json(description());
    let events = json(EVENTS.to_owned());
    let reference: Router<AppState> = SwaggerUi::new(format!("{BASE}/docs"))
        .config(Config::new([format!("{BASE}/openapi.json")]))
        .into();
    let catch_panic = CatchPanicLayer::custom(panicked);
    let guarded = guarded
        .layer(catch_panic)
        .layer(from_fn_with_state(exchange.clone(), writes::once))
        .layer(from_fn_with_state(exchange.clone(), enter))
        .route("/token", post(token::grant))
        .route("/openapi.json", described)
        .route("/asyncapi.json", events)
        .route("/{*unknown}", any(no_such_thing))
        .method_not_allowed_fallback(not_so)
        .layer(catch_panic);
    Router::new()
        .nest(BASE, guarded)
        .merge(reference.layer(map_response(styled)))
}

/// Lets who shows a key or a token in, as often as the limit says.
async fn enter(
    State(exchange): State<Exchange>,
    bearer: Result<TypedHeader<Authorization<Bearer>>, TypedHeaderRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    let has_shown = bearer.is_ok();
    let entered = async {
        let TypedHeader(bearer) = bearer.map_err(|_| Error::Unauthenticated)?;
        let access = access::enter(&exchange, bearer.token()).await?;
        let admitted = access::admit(&exchange, &access).await;
        let allowance = access::allowance(&exchange, &access).await?;
        Ok((access, admitted, allowance))
    };
    let (access, admitted, allowance) = match entered.await {
        Ok(entered) => entered,
        Err(error) => {
            let refused = Refused::of(&exchange, error);
            let refused = if has_shown { refused.shown() } else { refused };
            return refused.into_response();
        }
    };
    let key = access.key.clone();
    request.extensions_mut().insert(access);
    let mut response = match admitted {
        Ok(()) => audit::by_key(&key, next.run(request)).await,
        Err(error) => Refused::of(&exchange, error).into_response(),
    };
    if let Some(allowance) = allowance {
        // draft-ietf-httpapi-ratelimit-headers.
        let policy = format!("\"key\";q={};w={}", allowance.times, allowance.seconds);
        let left = format!("\"key\";r={};t={}", allowance.left, allowance.full_in);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

async fn no_such_thing() -> Refused {
    Refused::new(Code::NotFound, "there is no such thing")
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Refused::new(Code::Internal, "something went wrong on our side").into_response()
}

async fn not_so() -> Refused {
    Refused::new(Code::MethodNotAllowed, "not by this method")
}

/// The reference is a program of its own, which styles what it shows by itself.
async fn styled(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
