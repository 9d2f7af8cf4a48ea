//! Files for administrators: figures and what sellers are owed, as CSV (RFC 4180).

use app::server::{Visit, administration::range, describe};
use axum::{
    extract::Query,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    Amount,
    permission::{Administer, Permit, Viewer},
};
use exchange::{Error, administration};
use serde::Deserialize;

/// The days that are asked for, as the dashboard has them.
#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

type Table = Vec<Vec<String>>;

/// What happened on each day.
pub(super) async fn figures(visit: Visit, Query(asked): Query<Range>) -> Response {
    let table = async |permit: Permit<Administer>| {
        let exchange = &visit.exchange;
        let (from, to) = range(exchange, &asked.from, &asked.to)?;
        let found = administration::dashboard(exchange, &permit, from, to).await?;
        let currency = &exchange.settings.currency;
        let amount = |minor: i64| {
            let digits = currency.digits(Amount::from_minor(minor.abs()));
            if minor < 0 {
                format!("-{digits}")
            } else {
                digits
            }
        };
        let head = [
            "day",
            "listings",
            "reservations",
            "sales",
            "refunds",
            "disputes_lost",
            "sold",
            "refunded",
            "disputed",
            "revenue",
            "currency",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(found.days.iter().map(|(day, of)| {
            vec![
                day.to_string(),
                of.listings.to_string(),
                of.holds.to_string(),
                of.sales.to_string(),
                of.refunds.to_string(),
                of.disputes.to_string(),
                amount(of.sold),
                amount(of.refunded),
                amount(of.disputed),
                amount(of.revenue()),
                currency.code.to_owned(),
            ]
        }));
        Ok(rows)
    };
    file(&visit, "figures.csv", table).await
}

/// What every seller is owed.
pub(super) async fn owed(visit: Visit) -> Response {
    let table = async |permit: Permit<Administer>| {
        let exchange = &visit.exchange;
        let currency = &exchange.settings.currency;
        let found = administration::owed(exchange, &permit, usize::MAX).await?;
        let head = ["seller", "name", "email", "owed", "currency"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(found.into_iter().map(|creditor| {
            vec![
                creditor.owed.seller.to_string(),
                plain(creditor.name),
                plain(creditor.email),
                currency.digits(Amount::from_minor(creditor.owed.amount)),
                currency.code.to_owned(),
            ]
        }));
        Ok(rows)
    };
    file(&visit, "owed.csv", table).await
}

/// People choose their names, and spreadsheets take some texts for formulas
/// (OWASP, "CSV Injection").
fn plain(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}

async fn file(
    visit: &Visit,
    name: &str,
    table: impl AsyncFnOnce(Permit<Administer>) -> Result<Table, Error>,
) -> Response {
    let found = async {
        let user = visit.signed_in().await?;
        let viewer = user.map_or(Viewer::Anyone, |(user, _)| user.viewer());
        let rows = table(viewer.may(Administer)?).await?;
        let mut file = csv::Writer::from_writer(Vec::new());
        for row in rows {
            file.write_record(row).map_err(Error::internal)?;
        }
        file.into_inner()
            .map_err(|error| Error::internal(error.to_string()))
    };
    match found.await {
        Ok(file) => (
            [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{name}\""),
                ),
            ],
            file,
        )
            .into_response(),
        Err(Error::Unauthenticated) => Redirect::to("/sign-in?next=/admin").into_response(),
        Err(error) => {
            let error = describe(&visit.exchange, visit.client.language, error);
            let status = StatusCode::from_u16(error.code.status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.message).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_a_formula() {
        for typed in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(plain(typed.to_owned()), format!("'{typed}"));
        }
        assert_eq!(plain("Ada = Bob".to_owned()), "Ada = Bob");
    }
}
