//! Who may do what, asked over HTTP by everybody about everything: exactly what the
//! rules say, and so the tables of ARCHITECTURE.md, which are made from them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use domain::{
    OrderId, TicketId, UserId,
    order::{Order, OrderStatus},
    permission::{
        Account, Action, Administer, ChangeTicket, CreateListing, Denied, Moderate, OrderTicket,
        RefundOrder, ReportTicket, UseOrder, ViewOrder, ViewTicket, Viewer,
    },
    ticket::{Ticket, TicketStatus},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use stripe_sandbox::{Config, FaultKind, Operation, Sandbox};
use tempfile::TempDir;

use crate::harness::{Person, Server, run};

const VISA: &str = "4242424242424242";
const ARCHITECTURE: &str = include_str!("../../../ARCHITECTURE.md");

/// Somebody, as the rules see them and with a browser.
struct Role {
    name: &'static str,
    viewer: Viewer,
    person: Person,
}

/// What may be asked of a ticket or an order.
#[derive(Clone, Copy)]
enum Way {
    /// A reading function.
    Read(&'static str),
    /// A writing one, with fields that it refuses once it is permitted.
    Post(&'static str, &'static [(&'static str, &'static str)]),
    /// A page; `:id` stands for the object.
    Page(&'static str),
}

/// The answer that the rules have for somebody; nothing where they permit it.
fn denied<A: Action>(viewer: &Viewer, action: A) -> Option<u16> {
    match viewer.may(action) {
        Ok(_) => None,
        Err(Denied::SignIn) => Some(401),
        Err(Denied::Forbid | Denied::Verify) => Some(403),
        Err(Denied::Hide) => Some(404),
    }
}

struct World {
    data: TempDir,
    sandbox: Arc<Sandbox>,
    server: Server,
    roles: Vec<Role>,
    tickets: Vec<Ticket>,
    orders: Vec<Order>,
    case: String,
}

const SELLER: usize = 1;
const BUYER: usize = 2;
const MODERATOR: usize = 6;

async fn command(data: &std::path::Path, arguments: &[&str]) {
    let (data, arguments) = (
        data.to_owned(),
        arguments
            .iter()
            .map(|argument| (*argument).to_owned())
            .collect::<Vec<_>>(),
    );
    let done = tokio::task::spawn_blocking(move || {
        run(
            &data,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    })
    .await
    .expect("runs");
    assert!(done.status.success(), "{done:?}");
}

/// Who somebody is, by what is kept of them.
async fn id_of(person: &Person) -> UserId {
    let answer = person.request(Method::GET, "/account/data").send().await;
    let data: Value = answer.expect("an answer").json().await.expect("JSON");
    let id = data["account"]["id"].as_str().expect("an id");
    id.parse().expect("an id")
}

impl World {
    async fn new() -> Self {
        let data = TempDir::new().expect("a folder");
        let sandbox = Arc::new(Sandbox::start(Config::default()).await.expect("a sandbox"));
        let server = Server::start(
            data.path(),
            &[
                ("STRIPE_API_URL", sandbox.url()),
                ("STRIPE_JS_URL", format!("{}/v3/", sandbox.url())),
            ],
        );
        let names = [
            "anybody",
            "seller",
            "buyer",
            "another",
            "unverified",
            "suspended",
            "moderator",
            "administrator",
        ];
        let mut roles = Vec::new();
        for name in names {
            let (person, email) = match name {
                "anybody" => (Person::anyone(&server), String::new()),
                "unverified" => Person::unverified(&server).await,
                _ => Person::known(&server).await,
            };
            match name {
                "moderator" => command(data.path(), &["group", "add", "moderators", &email]).await,
                "administrator" => command(data.path(), &["group", "add", "admins", &email]).await,
                _ => {}
            }
            let viewer = if name == "anybody" {
                Viewer::Anyone
            } else {
                Viewer::User(Account {
                    id: id_of(&person).await,
                    verified: name != "unverified",
                    suspended: false,
                    moderator: name == "moderator",
                    admin: name == "administrator",
                })
            };
            // Whoever is suspended has no session any more.
            let viewer = if name == "suspended" {
                command(data.path(), &["user", "suspend", &email]).await;
                Viewer::Anyone
            } else {
                viewer
            };
            roles.push(Role {
                name,
                viewer,
                person,
            });
        }
        let mut world = Self {
            data,
            sandbox,
            server,
            roles,
            tickets: Vec::new(),
            orders: Vec::new(),
            case: String::new(),
        };
        world.fill().await;
        world
    }

    /// A ticket and an order of each status.
    async fn fill(&mut self) {
        let [seller, buyer, moderator] =
            [SELLER, BUYER, MODERATOR].map(|role| &self.roles[role].person);
        let ended = begins_soon(seller, "An ended seat").await;
        let free = seller.lists("An open seat", "45").await;
        let held = seller.lists("A held seat", "45").await;
        let [sold, returned, going_back] = [
            seller.lists("A sold seat", "45").await,
            seller.lists("A returned seat", "45").await,
            seller.lists("A seat that goes back", "45").await,
        ];
        let taken = seller.lists("A taken seat", "45").await;
        let removed = seller.lists("A removed seat", "45").await;
        let deleted = seller.lists("A deleted seat", "45").await;
        let waiting = offer(seller, "Waiting seat", "Call me at 416 555 0199 tonight").await;
        let refused = offer(seller, "Fake passports", "We sell fake passports").await;
        let cancelled = reserve(buyer, &removed).await;
        let let_go = buyer.post("cancel_order", &[("order", &cancelled)]).await;
        assert_eq!(let_go.0, StatusCode::OK, "{let_go:?}");
        let order = reserve(buyer, &held).await;
        let [paid, refunded, refunding] = [
            self.buy(&sold, "complete").await,
            self.buy(&returned, "complete").await,
            self.buy(&going_back, "complete").await,
        ];
        command(self.data.path(), &["refund", &refunded]).await;
        // What Stripe is asked for from here on is not done.
        let faults = self.sandbox.faults();
        for operation in [Operation::Capture, Operation::Refund] {
            faults.add(operation, FaultKind::Error429, u32::MAX, None);
        }
        let awaiting = self.buy(&taken, "awaiting_payment").await;
        let (status, answer) = buyer.post("refund_order", &[("order", &refunding)]).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let fields = [("id", &*removed), ("explanation", "It is not a ticket.")];
        assert_eq!(
            moderator.post("remove_ticket", &fields).await.0,
            StatusCode::OK
        );
        assert_eq!(
            seller.post("delete_ticket", &[("id", &deleted)]).await.0,
            StatusCode::OK
        );
        let expected = [
            (free, TicketStatus::Available),
            (held.clone(), TicketStatus::Reserved),
            (sold.clone(), TicketStatus::Sold),
            (removed.clone(), TicketStatus::Removed),
            (ended, TicketStatus::Ended),
            (deleted, TicketStatus::Deleted),
            (waiting, TicketStatus::Pending),
            (refused, TicketStatus::Rejected),
        ];
        for (id, status) in expected {
            if status != TicketStatus::Deleted {
                until(seller, &id, status).await;
            }
            // It is over when its event begins, which a sweep notes.
            while status == TicketStatus::Ended
                && self.roles[0].person.read("ticket", &[("id", &id)]).await.0 == StatusCode::OK
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let order = match status {
                TicketStatus::Reserved => Some(&order),
                TicketStatus::Sold => Some(&paid),
                _ => None,
            };
            let ticket = self.ticket(&id, status, order.map(String::as_str));
            self.tickets.push(ticket);
        }
        for (id, of, status) in [
            (order, held, OrderStatus::Created),
            (paid, sold, OrderStatus::Complete),
            (cancelled, removed, OrderStatus::Cancelled),
            (awaiting, taken, OrderStatus::AwaitingPayment),
            (refunding, going_back, OrderStatus::Refunding),
            (refunded, returned, OrderStatus::Refunded),
        ] {
            let name = serde_json::to_value(status).expect("serializes");
            let (_, seen) = buyer.read("order", &[("id", &id)]).await;
            assert_eq!(seen["status"], name, "{seen}");
            let order = self.order(&id, &of, status);
            self.orders.push(order);
        }
        let (status, cases) = self.roles[MODERATOR].person.read("cases", &[]).await;
        assert_eq!(status, StatusCode::OK, "{cases}");
        let case = cases["cases"][0]["id"].as_str().expect("a case");
        self.case = case.to_owned();
    }

    /// Buys a ticket, as far as the order gets.
    async fn buy(&self, ticket: &str, status: &str) -> String {
        let buyer = &self.roles[BUYER].person;
        let order = reserve(buyer, ticket).await;
        let (_, begun) = buyer.press_pay(&order).await.expect("an answer");
        let secret = begun["client_secret"].as_str().expect("a secret");
        self.sandbox.pay(secret, VISA).await;
        buyer.post("finish_payment", &[("order", &order)]).await;
        let (_, seen) = buyer.read("order", &[("id", &order)]).await;
        assert_eq!(seen["status"], status, "{seen}");
        order
    }

    fn user(&self, role: usize) -> UserId {
        self.roles[role].viewer.id().expect("signed in").clone()
    }

    /// What the rules need to know of a ticket.
    fn ticket(&self, id: &str, status: TicketStatus, order: Option<&str>) -> Ticket {
        let row = json!({
            "id": id, "owner": self.user(SELLER), "title": "", "description": "", "venue": "",
            "price": 4_500, "relist_after_refund": true, "handover_note": "", "status": status,
            "current_order": order, "version": 1, "content_version": 1, "created_at": 0,
            "updated_at": 0,
        });
        serde_json::from_value(row).expect("a ticket")
    }

    /// What the rules need to know of an order.
    fn order(&self, id: &str, ticket: &str, status: OrderStatus) -> Order {
        let row = json!({
            "id": id, "ticket": ticket, "buyer": self.user(BUYER), "seller": self.user(SELLER),
            "price": 4_500, "title": "", "expires_at": 0, "status": status, "dispute": "none",
            "version": 1, "created_at": 0, "updated_at": 0,
        });
        serde_json::from_value(row).expect("an order")
    }
}

async fn offer(seller: &Person, title: &str, description: &str) -> String {
    let fields = [
        ("title", title),
        ("description", description),
        ("price", "45"),
    ];
    let (status, id) = seller.post("create_ticket", &fields).await;
    assert_eq!(status, StatusCode::OK, "{id}");
    id.as_str().expect("an id").to_owned()
}

/// Offers a ticket of what begins within the next minute or so.
async fn begins_soon(seller: &Person, title: &str) -> String {
    let soon = time::OffsetDateTime::now_utc() + Duration::from_secs(65);
    let starts = format!("{}T{:02}:{:02}", soon.date(), soon.hour(), soon.minute());
    let fields = [
        ("title", title),
        ("starts", &starts),
        ("zone", "UTC"),
        ("price", "45"),
    ];
    let (status, id) = seller.post("create_ticket", &fields).await;
    assert_eq!(status, StatusCode::OK, "{id}");
    id.as_str().expect("an id").to_owned()
}

async fn reserve(buyer: &Person, ticket: &str) -> String {
    let (status, id) = buyer
        .post("reserve", &[("ticket", ticket), ("price", "4500")])
        .await;
    assert_eq!(status, StatusCode::OK, "{id}");
    id.as_str().expect("an id").to_owned()
}

async fn until(seller: &Person, id: &str, status: TicketStatus) {
    let expected = serde_json::to_value(status).expect("serializes");
    let mut seen = Value::Null;
    // What begins soon ends within a minute and a sweep.
    for _ in 0..4_000 {
        seen = seller.read("ticket", &[("id", id)]).await.1["status"].clone();
        if seen == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{id} is {seen} and not {expected}");
}

/// What was asked, and what went otherwise than the rules have it.
#[derive(Default)]
struct Tally {
    asked: usize,
    functions: BTreeSet<&'static str>,
    pages: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

impl Tally {
    /// Has `role` ask for something, of which the rules say `denied`.
    async fn ask(&mut self, role: &Role, way: Way, key: &str, id: &str, denied: Option<u16>) {
        self.asked += 1;
        let (what, status) = match way {
            Way::Read(function) => {
                self.functions.insert(function);
                (function, role.person.read(function, &[(key, id)]).await.0)
            }
            Way::Post(function, fields) => {
                self.functions.insert(function);
                let fields: Vec<_> = [(key, id)]
                    .into_iter()
                    .chain(fields.iter().copied())
                    .collect();
                (function, role.person.post(function, &fields).await.0)
            }
            Way::Page(path) => {
                self.pages.insert(path);
                (path, role.person.page(&path.replace(":id", id)).await.0)
            }
        };
        // A page leads on to where one signs in.
        let denied = match (way, denied) {
            (Way::Page(_), Some(401)) => Some(303),
            (_, denied) => denied,
        };
        let fits = match denied {
            Some(status_of_rules) => status == status_of_rules,
            None => matches!(status.as_u16(), 200 | 409 | 422),
        };
        if !fits {
            self.wrong.push(format!(
                "{} asks for {what} of {id} and gets {status}, where the rules say {denied:?}",
                role.name
            ));
        }
    }
}

/// Whoever may do it is told that what was typed will not do, or that the state of
/// things forbids it: nothing changes while everybody asks.
const STALE: &[(&str, &str)] = &[
    ("content_version", "0"),
    ("title", "Another title"),
    ("price", "45"),
];
const CHEAP: &[(&str, &str)] = &[("price", "1")];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_exactly_what_the_tables_say() {
    let world = World::new().await;
    let mut tally = Tally::default();
    for role in &world.roles {
        let viewer = &role.viewer;
        for ticket in &world.tickets {
            let id = ticket.id.as_str();
            let bought = viewer.id().is_some_and(|id| *id == world.user(BUYER));
            let order = ticket.current_order.as_ref().filter(|_| bought);
            let sees = || denied(viewer, ViewTicket { ticket, order });
            let changes = || denied(viewer, ChangeTicket(ticket));
            tally.ask(role, Way::Read("ticket"), "id", id, sees()).await;
            tally
                .ask(role, Way::Page("/tickets/:id"), "id", id, sees())
                .await;
            tally
                .ask(role, Way::Page("/tickets/:id/report"), "id", id, sees())
                .await;
            tally
                .ask(role, Way::Read("ticket_form"), "id", id, changes())
                .await;
            tally
                .ask(role, Way::Post("edit_ticket", STALE), "id", id, changes())
                .await;
            tally
                .ask(role, Way::Page("/tickets/:id/edit"), "id", id, changes())
                .await;
            tally
                .ask(role, Way::Page("/tickets/:id/delete"), "id", id, changes())
                .await;
            // Its seller could.
            if changes().is_some() || ticket.check_changeable().is_err() {
                tally
                    .ask(role, Way::Post("delete_ticket", &[]), "id", id, changes())
                    .await;
            }
            let orders = denied(viewer, OrderTicket(ticket));
            tally
                .ask(role, Way::Post("reserve", CHEAP), "ticket", id, orders)
                .await;
            let reports = denied(viewer, ReportTicket(ticket));
            tally
                .ask(role, Way::Post("report_ticket", &[]), "id", id, reports)
                .await;
            let moderates = denied(viewer, Moderate);
            tally
                .ask(role, Way::Post("remove_ticket", &[]), "id", id, moderates)
                .await;
            // Moderators see that one is deleted, and cannot do anything about it.
            if ticket.status != TicketStatus::Deleted {
                tally
                    .ask(role, Way::Page("/tickets/:id/remove"), "id", id, moderates)
                    .await;
            }
            let own = match viewer.id() {
                None => Some(401),
                Some(user) if *user == ticket.owner => None,
                Some(_) => Some(404),
            };
            tally.ask(role, Way::Read("verdict"), "id", id, own).await;
        }
        for order in &world.orders {
            let id = order.id.as_str();
            let sees = || denied(viewer, ViewOrder(order));
            let uses = || denied(viewer, UseOrder(order));
            for way in [Way::Read("order"), Way::Read("order_pulse")] {
                tally.ask(role, way, "id", id, sees()).await;
            }
            for path in ["/orders/:id", "/orders/:id/refund"] {
                tally.ask(role, Way::Page(path), "id", id, sees()).await;
            }
            let asks_stripe = matches!(
                order.status,
                OrderStatus::AwaitingPayment | OrderStatus::Refunding
            );
            // Its buyer is told that Stripe does not answer.
            if uses().is_some() || !asks_stripe {
                for function in ["start_payment", "finish_payment"] {
                    tally
                        .ask(role, Way::Post(function, &[]), "order", id, uses())
                        .await;
                }
            }
            // Its buyer could.
            if uses().is_some() || order.status != OrderStatus::Created {
                tally
                    .ask(role, Way::Post("cancel_order", &[]), "order", id, uses())
                    .await;
            }
            let refunds = denied(viewer, RefundOrder(order));
            if refunds.is_some() || order.status != OrderStatus::Complete {
                tally
                    .ask(role, Way::Post("refund_order", &[]), "order", id, refunds)
                    .await;
            }
        }
        let moderates = || denied(viewer, Moderate);
        tally
            .ask(role, Way::Read("cases"), "status", "open", moderates())
            .await;
        tally
            .ask(role, Way::Read("case"), "id", &world.case, moderates())
            .await;
        tally
            .ask(
                role,
                Way::Post("decide_case", &[]),
                "id",
                &world.case,
                moderates(),
            )
            .await;
        tally
            .ask(role, Way::Page("/moderation"), "", "", moderates())
            .await;
        tally
            .ask(
                role,
                Way::Page("/moderation/:id"),
                "",
                &world.case,
                moderates(),
            )
            .await;
        let lists = || denied(viewer, CreateListing);
        tally
            .ask(role, Way::Read("may_sell"), "", "", lists())
            .await;
        tally
            .ask(role, Way::Post("create_ticket", &[]), "title", "", lists())
            .await;
        tally
            .ask(role, Way::Page("/tickets/new"), "", "", lists())
            .await;
        let administers = || denied(viewer, Administer);
        let somebody = world.user(BUYER);
        for function in [
            "dashboard",
            "events",
            "mails",
            "dead_letters",
            "people",
            "parts",
        ] {
            tally
                .ask(role, Way::Read(function), "", "", administers())
                .await;
        }
        tally
            .ask(
                role,
                Way::Read("person"),
                "id",
                somebody.as_str(),
                administers(),
            )
            .await;
        tally
            .ask(
                role,
                Way::Post("change_person", &[]),
                "id",
                somebody.as_str(),
                administers(),
            )
            .await;
        // There is none, which administrators are told as others are.
        let none = administers().or(Some(404));
        for function in ["replay_dead_letter", "discard_dead_letter"] {
            tally
                .ask(role, Way::Post(function, &[]), "sequence", "9", none)
                .await;
        }
        for path in [
            "/admin",
            "/admin/people",
            "/admin/events",
            "/admin/mails",
            "/admin/dead-letters",
            "/admin/health",
            "/admin/figures.csv",
            "/admin/owed.csv",
        ] {
            tally
                .ask(role, Way::Page(path), "", "", administers())
                .await;
        }
        tally
            .ask(
                role,
                Way::Page("/admin/people/:id"),
                "",
                somebody.as_str(),
                administers(),
            )
            .await;
    }
    assert_eq!(
        tally.wrong,
        Vec::<String>::new(),
        "of {} questions",
        tally.asked
    );
    assert!(tally.asked >= 400, "{} questions", tally.asked);
    for (label, names) in guarded("| function | for |") {
        for name in names {
            assert!(
                tally.functions.contains(&*name),
                "{name} is for {label} and was not asked for"
            );
        }
    }
    for (label, paths) in guarded("| page | for |") {
        for path in paths {
            assert!(
                tally.pages.contains(&*path),
                "{path} is for {label} and was not asked for"
            );
        }
    }
    what_is_hidden_is_not_there(&world).await;
    world.sandbox.faults().clear();
    // Whoever runs commands may do more than whoever only moderates.
    let paid = &world.orders[1].id;
    command(world.data.path(), &["refund", paid.as_str()]).await;
    let (_, order) = world.roles[BUYER]
        .person
        .read("order", &[("id", paid.as_str())])
        .await;
    assert_eq!(order["status"], "refunded", "{order}");
    assert!(world.server.stop());
}

/// What a table of ARCHITECTURE.md names, by whom it is for; but for what is for
/// anybody, or about whoever asks.
fn guarded(head: &str) -> BTreeMap<String, Vec<String>> {
    let (_, table) = ARCHITECTURE.split_once(head).expect("a table");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
    {
        let mut cells = row.split('|').map(str::trim);
        let (names, label) = (cells.nth(1).expect("names"), cells.next().expect("whom"));
        if !matches!(label, "anybody" | "own account") {
            let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
            found.entry(label.to_owned()).or_default().extend(names);
        }
    }
    assert!(!found.is_empty());
    found
}

/// Nothing tells whoever may not see a ticket that there is one.
async fn what_is_hidden_is_not_there(world: &World) {
    let unknown: TicketId = "01JQZK5V7M3N8P2R4T6W9X0Y1Z".parse().expect("an id");
    let unknown_order: OrderId = "01JQZK5V7M3N8P2R4T6W9X0Y1Z".parse().expect("an id");
    for role in &world.roles {
        let person = &role.person;
        let of_none = person.read("ticket", &[("id", unknown.as_str())]).await;
        for ticket in &world.tickets {
            let order = None;
            let shown = denied(&role.viewer, ViewTicket { ticket, order }).is_none();
            let id = ticket.id.as_str();
            if !shown && ticket.current_order.is_none() {
                let answer = person.read("ticket", &[("id", id)]).await;
                assert_eq!(answer, of_none, "{}: {:?}", role.name, ticket.status);
                for path in ["", "/edit", "/report"] {
                    let page = |id: &str| format!("/tickets/{id}{path}");
                    let pages = [
                        person.page(&page(id)).await,
                        person.page(&page(unknown.as_str())).await,
                    ];
                    let [there, none] = pages.map(|(status, text)| (status, text.len()));
                    assert_eq!(there.0, none.0, "{}: {}", role.name, page(id));
                }
            }
        }
        let of_none = person
            .read("order", &[("id", unknown_order.as_str())])
            .await;
        for order in &world.orders {
            if denied(&role.viewer, ViewOrder(order)).is_some() {
                let answer = person.read("order", &[("id", order.id.as_str())]).await;
                assert_eq!(answer, of_none, "{}", role.name);
            }
        }
    }
    let person = &world.roles[0].person;
    let (_, market) = person.read("market", &[("q", "seat")]).await;
    let cards = market["cards"].as_array().expect("cards");
    let titles: Vec<&str> = cards
        .iter()
        .filter_map(|card| card["title"].as_str())
        .collect();
    assert_eq!(titles, ["An open seat"]);
    assert_eq!(market["count"], 1, "{market}");
    let (_, none) = person.read("market", &[("q", "passports")]).await;
    assert_eq!(
        (&none["count"], none["cards"].as_array().map(Vec::len)),
        (&json!(0), Some(0))
    );
    let (_, sitemap) = person.page("/sitemap.xml").await;
    let ids: Vec<&str> = world
        .tickets
        .iter()
        .map(|ticket| ticket.id.as_str())
        .collect();
    let (_, told) = person.read("cards", &[("ids", &ids.join(","))]).await;
    for ticket in &world.tickets {
        let listed = ticket.status.is_listed();
        let id = ticket.id.as_str();
        if !listed {
            assert!(!sitemap.contains(id), "{:?}", ticket.status);
        }
        let told = told
            .as_array()
            .expect("changes")
            .iter()
            .find(|change| change["id"] == id);
        let card = told.is_some_and(|change| !change["card"].is_null());
        assert_eq!(card, ticket.status == TicketStatus::Available, "{told:?}");
    }
}
