//! What the program says of itself: needed before anything else is looked at.

use super::Options;
use crate::telemetry::Setup;

impl Options {
    /// How the program logs and traces.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn telemetry(&self) -> Result<Setup<'_>, String> {
        let json = match self.log_format.as_str() {
            "text" => false,
            "json" => true,
            other => return Err(format!("LOG_FORMAT is text or json, not {other:?}")),
        };
        let collector = self.otlp_endpoint.as_deref().map(str::trim);
        let collector = collector.filter(|url| !url.is_empty());
        if let Some(url) = collector
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            return Err(format!(
                "OTEL_EXPORTER_OTLP_ENDPOINT is an http or https address, not {url:?}"
            ));
        }
        let share = self.traces_share.parse::<f64>().ok();
        let share = share.filter(|share| (0.0..=1.0).contains(share));
        let share = share
            .ok_or_else(|| format!("TRACES_SHARE is from 0 to 1, not {:?}", self.traces_share))?;
        Ok(Setup {
            json,
            collector,
            share,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::config::tests::Settings;

    #[test]
    fn a_mistake_names_its_setting() {
        for (argument, setting) in [
            ("--log-format=xml", "LOG_FORMAT"),
            (
                "--otlp-endpoint=localhost:4317",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
            ),
            ("--traces-share=1.5", "TRACES_SHARE"),
            ("--traces-share=-0.1", "TRACES_SHARE"),
            ("--traces-share=NaN", "TRACES_SHARE"),
        ] {
            let options = Settings::parse_from(["test", argument]).options;
            let error = options.telemetry().err().expect("a mistake");
            assert!(error.starts_with(setting), "{argument}: {error}");
        }
        // As a file for containers has it that is not filled in.
        let options = Settings::parse_from(["test", "--otlp-endpoint="]).options;
        assert!(
            options
                .telemetry()
                .is_ok_and(|setup| setup.collector.is_none())
        );
    }
}
