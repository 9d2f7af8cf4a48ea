//! TLS as a client.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Decides for all who do not say which cryptography they use: dependencies bring
/// two, and rustls does not choose. One that was installed before is as good.
pub(crate) fn choose() {
    ring::default_provider().install_default().ok();
}

/// What trusts those whose certificates are in `file`, as PEM, and nobody else.
///
/// # Errors
/// A sentence, when it has none or cannot be read.
pub(super) fn trusting(file: &Path) -> Result<ClientConfig, String> {
    let wrong = |error: String| format!("cannot use {}: {error}", file.display());
    let mut roots = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))?
    {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("there is no certificate".to_owned()));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
